package sqlite_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/db/sqlite/journal"
)

// disk stands between a store and the files of one folder: it fails when it is told
// to, and when the power is cut it forgets what was not synced, in whole or sector
// by sector, as a cheap drive does. modernc's driver has no VFS that writes, so
// SQLite's own is wrapped at its function pointers.
type disk struct {
	dir string

	mu   sync.Mutex
	n    int                         // operations so far
	fail func(n int, op string) bool // nil: never
	lies map[string]bool             // files, by the end of their names, whose syncs do nothing
	late []write                     // not synced yet
}

// write is what a file held before something was written over it.
type write struct {
	path string
	off  int64
	old  []byte
	size int64 // of the file before
}

var errDisk = errors.New("the disk fails on purpose")

const vfsName = "faulty"

var disks struct {
	sync.Mutex
	once  sync.Once
	all   []*disk
	files map[uintptr]openFile
	table map[uintptr]uintptr // SQLite's methods to ours
	under uintptr             // the VFS that does the work
}

type openFile struct {
	disk *disk
	path string
	real *lib.Tsqlite3_io_methods
}

// newDisk is a folder with a disk of its own.
func newDisk(t testing.TB) *disk {
	t.Helper()
	disks.once.Do(registerVFS)
	d := &disk{dir: t.TempDir(), lies: map[string]bool{}}
	disks.Lock()
	disks.all = append(disks.all, d)
	disks.Unlock()
	return d
}

func (d *disk) options(o sqlite.Options) sqlite.Options {
	if o.Sizes == (sqlite.Sizes{}) {
		o.Sizes = small
	}
	return o.Between(vfsName, d.segment)
}

// when sets what fails, counting operations anew.
func (d *disk) when(fail func(n int, op string) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n, d.fail = 0, fail
}

// step counts an operation and says whether it fails.
func (d *disk) step(op string) bool {
	d.n++
	return d.fail != nil && d.fail(d.n, op)
}

// writes notes what a write replaces; a truncation replaces the end.
func (d *disk) writes(path string, off int64, n int) {
	w := write{path: path, off: off}
	if f, err := os.Open(path); err == nil {
		info, _ := f.Stat()
		w.size = info.Size()
		w.old = make([]byte, max(0, min(int64(n), w.size-off)))
		_, _ = f.ReadAt(w.old, off)
		_ = f.Close()
	}
	d.late = append(d.late, w)
}

// synced forgets what would be lost of a file.
func (d *disk) synced(path string) {
	for end := range d.lies {
		if strings.HasSuffix(path, end) {
			return
		}
	}
	kept := d.late[:0]
	for _, w := range d.late {
		if w.path != path {
			kept = append(kept, w)
		}
	}
	d.late = kept
}

// cutAfter pulls the plug after so many operations: nothing works any more.
func (d *disk) cutAfter(n int) {
	d.when(func(now int, _ string) bool { return now >= n })
}

// lose makes the files what a drive holds whose plug was pulled, and the disk work
// again: of what was not synced, all is gone, or each write or sector by chance. The
// store must be closed by now.
func (d *disk) lose(t testing.TB, chance *rand.Rand) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	how := chance.IntN(3) // all is lost, or whole writes, or sectors
	for i := len(d.late) - 1; i >= 0; i-- {
		w := d.late[i]
		if how == 1 && chance.IntN(2) == 0 {
			continue
		}
		f, err := os.OpenFile(w.path, os.O_WRONLY, 0)
		if err != nil {
			continue // it was removed since
		}
		for at := 0; at < len(w.old); {
			n := min(512-int(w.off+int64(at))%512, len(w.old)-at)
			if how != 2 || chance.IntN(2) == 0 {
				if _, err := f.WriteAt(w.old[at:at+n], w.off+int64(at)); err != nil {
					t.Fatal(err)
				}
			}
			at += n
		}
		if how == 0 {
			if err := f.Truncate(w.size); err != nil {
				t.Fatal(err)
			}
		}
		_ = f.Close()
	}
	d.late, d.fail = nil, nil
}

// segment is a file of the journal on this disk.
func (d *disk) segment(path string) (journal.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	return &segment{disk: d, file: f}, err
}

type segment struct {
	disk *disk
	file *os.File
}

func (s *segment) WriteAt(p []byte, off int64) (int, error) {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	if s.disk.step("write") {
		return 0, errDisk
	}
	s.disk.writes(s.file.Name(), off, len(p))
	return s.file.WriteAt(p, off)
}

func (s *segment) Sync() error {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	if s.disk.step("sync") {
		return errDisk
	}
	s.disk.synced(s.file.Name())
	return nil
}

func (s *segment) Close() error { return s.file.Close() }

// at reads C memory, which the garbage collector knows nothing of.
func at[T any](p uintptr) *T { return (*T)(unsafe.Add(nil, p)) }

// call is a C function pointer as a Go function.
func call[F any](p uintptr) F {
	f := struct{ uintptr }{p}
	return *(*F)(unsafe.Pointer(&f))
}

// pointer is a Go function as a C function pointer.
func pointer(f any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&f))[1] }

type (
	openFunc     = func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32
	closeFunc    = func(*libc.TLS, uintptr) int32
	moveFunc     = func(*libc.TLS, uintptr, uintptr, int32, int64) int32
	truncateFunc = func(*libc.TLS, uintptr, int64) int32
)

func registerVFS() {
	tls := libc.NewTLS()
	disks.files, disks.table = map[uintptr]openFile{}, map[uintptr]uintptr{}
	disks.under = lib.Xsqlite3_vfs_find(tls, 0)
	ours := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(lib.Tsqlite3_vfs{})))
	*at[lib.Tsqlite3_vfs](ours) = *at[lib.Tsqlite3_vfs](disks.under)
	name, err := libc.CString(vfsName)
	if err != nil {
		panic(err)
	}
	at[lib.Tsqlite3_vfs](ours).FzName = name
	at[lib.Tsqlite3_vfs](ours).FpNext = 0
	at[lib.Tsqlite3_vfs](ours).FxOpen = pointer(vfsOpen)
	if rc := lib.Xsqlite3_vfs_register(tls, ours, 0); rc != lib.SQLITE_OK {
		panic(rc)
	}
}

func vfsOpen(tls *libc.TLS, _, name, file uintptr, flags int32, out uintptr) int32 {
	rc := call[openFunc](at[lib.Tsqlite3_vfs](disks.under).FxOpen)(tls, disks.under, name, file, flags, out)
	if rc != lib.SQLITE_OK || name == 0 {
		return rc
	}
	path := libc.GoString(name)
	disks.Lock()
	defer disks.Unlock()
	for _, d := range disks.all {
		if !strings.HasPrefix(path, d.dir+string(os.PathSeparator)) {
			continue
		}
		methods := at[lib.Tsqlite3_file](file).FpMethods
		disks.files[file] = openFile{disk: d, path: path, real: at[lib.Tsqlite3_io_methods](methods)}
		at[lib.Tsqlite3_file](file).FpMethods = wrapped(tls, methods)
	}
	return rc
}

// wrapped is a copy of a table of methods with ours in it.
func wrapped(tls *libc.TLS, methods uintptr) uintptr {
	if ours, ok := disks.table[methods]; ok {
		return ours
	}
	ours := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(lib.Tsqlite3_io_methods{})))
	m := at[lib.Tsqlite3_io_methods](ours)
	*m = *at[lib.Tsqlite3_io_methods](methods)
	m.FxClose, m.FxRead, m.FxWrite = pointer(vfsClose), pointer(vfsRead), pointer(vfsWrite)
	m.FxSync, m.FxTruncate = pointer(vfsSync), pointer(vfsTruncate)
	disks.table[methods] = ours
	return ours
}

func fileOf(file uintptr) openFile {
	disks.Lock()
	defer disks.Unlock()
	return disks.files[file]
}

func vfsClose(tls *libc.TLS, file uintptr) int32 {
	f := fileOf(file)
	disks.Lock()
	delete(disks.files, file)
	disks.Unlock()
	return call[closeFunc](f.real.FxClose)(tls, file)
}

func vfsRead(tls *libc.TLS, file, p uintptr, n int32, off int64) int32 {
	f := fileOf(file)
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.step("read") {
		return lib.SQLITE_IOERR_READ
	}
	return call[moveFunc](f.real.FxRead)(tls, file, p, n, off)
}

func vfsWrite(tls *libc.TLS, file, p uintptr, n int32, off int64) int32 {
	f := fileOf(file)
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.step("write") {
		return lib.SQLITE_IOERR_WRITE
	}
	f.disk.writes(f.path, off, int(n))
	return call[moveFunc](f.real.FxWrite)(tls, file, p, n, off)
}

func vfsSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	f := fileOf(file)
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.step("sync") {
		return lib.SQLITE_IOERR_FSYNC
	}
	f.disk.synced(f.path)
	return lib.SQLITE_OK // the kernel's own sync proves nothing here and takes long
}

func vfsTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	f := fileOf(file)
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.step("truncate") {
		return lib.SQLITE_IOERR_TRUNCATE
	}
	f.disk.writes(f.path, size, 1<<30)
	return call[truncateFunc](f.real.FxTruncate)(tls, file, size)
}
