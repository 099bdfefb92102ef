-- Who wanted the drawer open. Nothing for openings of before this version.
ALTER TABLE drawer_openings ADD COLUMN staff_id BLOB;
