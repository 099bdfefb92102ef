//! Puts SQLite on a [`Disk`]: a VFS that hands every call of the engine to the model.
#![expect(
    unsafe_code,
    reason = "SQLite takes a file system only as C functions; this is the one module that has them"
)]
// Why it is sound. Nothing here owns memory through a raw pointer: a file handle holds two numbers
// beside the method table, and all state lives in a thread's own list of disks, reached by number.
// SQLite passes buffers with their length and valid for the call; names end in NUL and outlive the
// file. A connection is opened, used and closed on one thread (`Solo` is not shared). The pages of
// the log's index are boxes that stay where they are until SQLite gives them back, and that nobody
// here reads. No call unwinds: the model panics only by a bug, and `extern "C"` then aborts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::Once;

use rusqlite::ffi;

use super::disk::{Disk, Refused};

/// The name SQLite knows this file system by.
pub const VFS: &str = "counterpart-sim";

/// A page of the log's index: 32 KiB, aligned as SQLite's own structures in it ask.
#[repr(C, align(64))]
struct IndexPage([u8; 32_768]);

#[derive(Default)]
struct Machine {
    disk: Disk,
    index: Vec<Box<IndexPage>>,
}

thread_local! {
    static MACHINES: RefCell<BTreeMap<u32, Machine>> = const { RefCell::new(BTreeMap::new()) };
}

/// An open file as SQLite sees it.
#[repr(C)]
struct Handle {
    base: ffi::sqlite3_file,
    machine: u32,
    /// Which file: 0 the database, 1 its log, 2 anything else.
    which: u32,
}

const NAMES: [&str; 3] = ["db", "db-wal", "other"];

/// Runs `work` on the disk of a machine of this thread, made empty if it is new.
pub fn with_disk<T>(machine: u32, work: impl FnOnce(&mut Disk) -> T) -> T {
    with_machine(machine, |machine| work(&mut machine.disk))
}

/// Returns the path under which SQLite finds the database of a machine.
#[must_use]
pub fn path_of(machine: u32) -> String {
    format!("/{machine}/db")
}

fn with_machine<T>(machine: u32, work: impl FnOnce(&mut Machine) -> T) -> T {
    MACHINES.with_borrow_mut(|machines| work(machines.entry(machine).or_default()))
}

/// Makes the file system known to SQLite, once a process.
///
/// # Panics
///
/// When SQLite does not take it, which it only does not when it has no memory.
pub fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let name = c"counterpart-sim";
        let vfs = Box::new(ffi::sqlite3_vfs {
            iVersion: 1,
            szOsFile: c_int::try_from(size_of::<Handle>()).expect("a handle is small"),
            mxPathname: 64,
            pNext: ptr::null_mut(),
            zName: name.as_ptr(),
            pAppData: ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_path),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: None,
            xCurrentTimeInt64: None,
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        });
        // SAFETY: the structure is whole and lives as long as the process.
        let registered = unsafe { ffi::sqlite3_vfs_register(Box::leak(vfs), 0) };
        assert_eq!(registered, ffi::SQLITE_OK, "SQLite takes the file system");
    });
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(lock),
    xCheckReservedLock: Some(check_lock),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Splits a path of ours into machine and file.
///
/// # Safety
///
/// `path` is null or ends in NUL.
unsafe fn parse(path: *const c_char) -> (u32, u32) {
    if path.is_null() {
        return (0, 2);
    }
    // SAFETY: the caller says so.
    let text = unsafe { CStr::from_ptr(path) }.to_str().unwrap_or("");
    let mut parts = text.trim_start_matches('/').splitn(2, '/');
    let machine = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    let which = match parts.next() {
        Some("db") => 0,
        Some("db-wal") => 1,
        _ => 2,
    };
    (machine, which)
}

/// Returns the handle behind SQLite's pointer.
///
/// # Safety
///
/// `file` was opened by [`open`] and is not closed.
unsafe fn handle(file: *mut ffi::sqlite3_file) -> (u32, &'static str) {
    // SAFETY: SQLite gave `szOsFile` bytes for it, which `open` filled.
    let handle = unsafe { &*file.cast::<Handle>() };
    (handle.machine, NAMES[handle.which as usize])
}

fn code(outcome: Result<(), Refused>, failed: c_int) -> c_int {
    match outcome {
        Ok(()) => ffi::SQLITE_OK,
        Err(Refused::Full) => ffi::SQLITE_FULL,
        Err(Refused::Failed) => failed,
    }
}

fn offset(at: i64) -> usize {
    usize::try_from(at).expect("SQLite reads and writes at places that are not negative")
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite's own path, or null for a temporary file.
    let (machine, which) = unsafe { parse(path) };
    let opened = with_disk(machine, |disk| disk.open(NAMES[which as usize]));
    let methods = match opened {
        Ok(()) => &raw const METHODS,
        Err(_) => ptr::null(),
    };
    let handle = Handle {
        base: ffi::sqlite3_file { pMethods: methods },
        machine,
        which,
    };
    // SAFETY: `file` has room for a handle, see `szOsFile`; `out_flags` is null or valid.
    unsafe {
        file.cast::<Handle>().write(handle);
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    code(opened, ffi::SQLITE_CANTOPEN)
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, _: c_int) -> c_int {
    // SAFETY: SQLite's own path.
    let (machine, which) = unsafe { parse(path) };
    let deleted = with_disk(machine, |disk| disk.delete(NAMES[which as usize]));
    code(deleted, ffi::SQLITE_IOERR_DELETE)
}

unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    _: c_int,
    there: *mut c_int,
) -> c_int {
    // SAFETY: SQLite's own path, and room for the answer. What is empty counts as not there.
    unsafe {
        let (machine, which) = parse(path);
        let length = with_disk(machine, |disk| disk.length(NAMES[which as usize]));
        *there = c_int::from(length.is_some_and(|length| length > 0));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite's own path, and `room` bytes at `out`.
    unsafe {
        let bytes = CStr::from_ptr(path).to_bytes_with_nul();
        if bytes.len() > usize::try_from(room).unwrap_or(0) {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
    // SAFETY: `count` bytes at `out`. The engine asks the machine's own system for its seed, so
    // this serves nothing but the form.
    unsafe { ptr::write_bytes(out, 7, usize::try_from(count).unwrap_or(0)) };
    count
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: room for the answer; the Julian day of 2026-11-23.
    unsafe { *out = 2_461_367.5 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: an open file; it holds nothing to give back.
    unsafe { (*file).pMethods = ptr::null() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    count: c_int,
    at: i64,
) -> c_int {
    let count = usize::try_from(count).unwrap_or(0);
    // SAFETY: an open file and `count` bytes at `into`.
    let ((machine, name), into) = unsafe {
        let into = std::slice::from_raw_parts_mut(into.cast::<u8>(), count);
        (handle(file), into)
    };
    match with_disk(machine, |disk| disk.read(name, offset(at), into)) {
        Ok(read) if read == count => ffi::SQLITE_OK,
        Ok(_) => ffi::SQLITE_IOERR_SHORT_READ,
        Err(_) => ffi::SQLITE_IOERR_READ,
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: i64,
) -> c_int {
    // SAFETY: an open file and `count` bytes at `bytes`.
    let ((machine, name), bytes) = unsafe {
        let count = usize::try_from(count).unwrap_or(0);
        (
            handle(file),
            std::slice::from_raw_parts(bytes.cast::<u8>(), count),
        )
    };
    let written = with_disk(machine, |disk| disk.write(name, offset(at), bytes));
    code(written, ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: i64) -> c_int {
    // SAFETY: an open file.
    let (machine, name) = unsafe { handle(file) };
    let cut = with_disk(machine, |disk| disk.cut(name, offset(length)));
    code(cut, ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    let (machine, name) = unsafe { handle(file) };
    let synced = with_disk(machine, |disk| disk.sync(name));
    code(synced, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: an open file, and room for the answer.
    unsafe {
        let (machine, name) = handle(file);
        let length = with_disk(machine, |disk| disk.length(name)).unwrap_or(0);
        *out = i64::try_from(length).unwrap_or(i64::MAX);
    }
    ffi::SQLITE_OK
}

/// Locks are kept between processes; a machine has one.
unsafe extern "C" fn lock(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_lock(_: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: room for the answer.
    unsafe { *out = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4_096
}

/// As the engine's own system for Linux says of every disk.
unsafe extern "C" fn characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    let page = usize::try_from(page).unwrap_or(0);
    // SAFETY: an open file, and room for the answer; a page stays where it is.
    unsafe {
        *out = ptr::null_mut();
        let (machine, _) = handle(file);
        with_machine(machine, |machine| {
            if size != 32_768 {
                return ffi::SQLITE_IOERR_SHMSIZE;
            }
            while extend != 0 && machine.index.len() <= page {
                machine.index.push(Box::new(IndexPage([0; 32_768])));
            }
            if let Some(found) = machine.index.get_mut(page) {
                *out = (&raw mut found.0).cast();
            }
            ffi::SQLITE_OK
        })
    }
}

unsafe extern "C" fn shm_lock(_: *mut ffi::sqlite3_file, _: c_int, _: c_int, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file; SQLite forgets the pages with this call. The next connection, which
    // is the only one then, must find none: it reads the index anew from the log.
    let (machine, _) = unsafe { handle(file) };
    with_machine(machine, |machine| machine.index.clear());
    ffi::SQLITE_OK
}
