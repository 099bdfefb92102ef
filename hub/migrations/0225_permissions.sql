-- What somebody does alone beyond their role: words of operations between spaces.
ALTER TABLE members ADD COLUMN may TEXT NOT NULL DEFAULT '';
