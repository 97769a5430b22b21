package torture

import (
	"slices"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// Mount shows a disk as a folder, until unmount. go-fuse is the best kept of the
// FUSE libraries for Go; its raw interface is the kernel's own, so that each write and
// sync of SQLite arrives here as it was made. Nothing is cached in the kernel.
func Mount(d *Disk, folder string) (unmount func() error, err error) {
	server, err := fuse.NewServer(&files{RawFileSystem: fuse.NewDefaultRawFileSystem(), disk: d}, folder, &fuse.MountOptions{
		FsName: "torture", Name: "torture", DirectMount: true, DisableXAttrs: true, DisableSplice: true,
	})
	if err != nil {
		return nil, err
	}
	go server.Serve()
	if err := server.WaitMount(); err != nil {
		return nil, err
	}
	return server.Unmount, nil
}

// files speaks FUSE for a disk.
type files struct {
	fuse.RawFileSystem
	disk *Disk
}

// look waits in the dark like everything else, and takes the lock.
func (f *files) look() (ok bool) {
	f.disk.mu.Lock()
	if f.disk.isDark() {
		f.disk.hang()
		return false
	}
	return true
}

func (f *files) attr(id uint64, out *fuse.Attr) fuse.Status {
	n := f.disk.live[id]
	if n == nil {
		return fuse.ENOENT
	}
	out.Ino, out.Nlink, out.Mode, out.Blksize = id, 1, syscall.S_IFREG|0o600, 4096
	if n.dir {
		out.Mode, out.Nlink = syscall.S_IFDIR|0o700, 2
	}
	out.Owner = fuse.Owner{Uid: uint32(syscall.Getuid()), Gid: uint32(syscall.Getgid())}
	out.Size = uint64(len(n.data))
	out.Blocks = (out.Size + 511) / 512
	return fuse.OK
}

func (f *files) entry(id uint64, out *fuse.EntryOut) fuse.Status {
	out.NodeId, out.Generation = id, 1
	return f.attr(id, &out.Attr)
}

func (f *files) Lookup(_ <-chan struct{}, h *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return fuse.EIO
	}
	dir := f.disk.live[h.NodeId]
	if dir == nil || dir.names[name] == 0 {
		return fuse.ENOENT
	}
	return f.entry(dir.names[name], out)
}

func (f *files) GetAttr(_ <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return fuse.EIO
	}
	return f.attr(in.NodeId, &out.Attr)
}

func (f *files) SetAttr(_ <-chan struct{}, in *fuse.SetAttrIn, out *fuse.AttrOut) fuse.Status {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return fuse.EIO
	}
	if size, set := in.GetSize(); set {
		if errno := f.disk.do(change{deed: truncate, node: in.NodeId, at: int64(size)}); errno != 0 {
			return fuse.Status(errno)
		}
	}
	return f.attr(in.NodeId, &out.Attr)
}

// add makes a new file or folder.
func (f *files) add(dir uint64, name string, folder bool, out *fuse.EntryOut) fuse.Status {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return fuse.EIO
	}
	if f.disk.live[dir] == nil {
		return fuse.ENOENT
	}
	if f.disk.live[dir].names[name] != 0 {
		return fuse.Status(syscall.EEXIST)
	}
	f.disk.next++
	id := f.disk.next
	if errno := f.disk.do(change{deed: link, node: id, dir: folder, to: dir, asName: name}); errno != 0 {
		return fuse.Status(errno)
	}
	return f.entry(id, out)
}

func (f *files) Mkdir(_ <-chan struct{}, in *fuse.MkdirIn, name string, out *fuse.EntryOut) fuse.Status {
	return f.add(in.NodeId, name, true, out)
}

func (f *files) Create(_ <-chan struct{}, in *fuse.CreateIn, name string, out *fuse.CreateOut) fuse.Status {
	out.OpenFlags = fuse.FOPEN_DIRECT_IO
	return f.add(in.NodeId, name, false, &out.EntryOut)
}

func (f *files) drop(dir uint64, name string, folder bool) fuse.Status {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return fuse.EIO
	}
	parent := f.disk.live[dir]
	if parent == nil || parent.names[name] == 0 {
		return fuse.ENOENT
	}
	id := parent.names[name]
	if folder && len(f.disk.live[id].names) > 0 {
		return fuse.Status(syscall.ENOTEMPTY)
	}
	return fuse.Status(f.disk.do(change{deed: unlink, node: id, dir: folder, from: dir, name: name}))
}

func (f *files) Unlink(_ <-chan struct{}, h *fuse.InHeader, name string) fuse.Status {
	return f.drop(h.NodeId, name, false)
}

func (f *files) Rmdir(_ <-chan struct{}, h *fuse.InHeader, name string) fuse.Status {
	return f.drop(h.NodeId, name, true)
}

func (f *files) Rename(_ <-chan struct{}, in *fuse.RenameIn, from, to string) fuse.Status {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return fuse.EIO
	}
	parent, target := f.disk.live[in.NodeId], f.disk.live[in.Newdir]
	switch {
	case parent == nil || target == nil || parent.names[from] == 0:
		return fuse.ENOENT
	case in.Flags&1 != 0 && target.names[to] != 0: // RENAME_NOREPLACE
		return fuse.Status(syscall.EEXIST)
	case in.Flags&^1 != 0:
		return fuse.EINVAL
	}
	id := parent.names[from]
	return fuse.Status(f.disk.do(change{
		deed: rename, node: id, dir: f.disk.live[id].dir, from: in.NodeId, name: from, to: in.Newdir, asName: to,
	}))
}

func (f *files) Open(_ <-chan struct{}, in *fuse.OpenIn, out *fuse.OpenOut) fuse.Status {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return fuse.EIO
	}
	if f.disk.live[in.NodeId] == nil {
		return fuse.ENOENT
	}
	out.OpenFlags = fuse.FOPEN_DIRECT_IO
	return fuse.OK
}

func (f *files) Read(_ <-chan struct{}, in *fuse.ReadIn, buf []byte) (fuse.ReadResult, fuse.Status) {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return nil, fuse.EIO
	}
	n := f.disk.live[in.NodeId]
	if n == nil {
		return nil, fuse.ENOENT
	}
	if in.Offset >= uint64(len(n.data)) {
		return fuse.ReadResultData(nil), fuse.OK
	}
	return fuse.ReadResultData(buf[:copy(buf, n.data[in.Offset:])]), fuse.OK
}

func (f *files) Write(_ <-chan struct{}, in *fuse.WriteIn, data []byte) (uint32, fuse.Status) {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return 0, fuse.EIO
	}
	if f.disk.live[in.NodeId] == nil {
		return 0, fuse.ENOENT
	}
	if errno := f.disk.do(change{deed: write, node: in.NodeId, at: int64(in.Offset), data: slices.Clone(data)}); errno != 0 {
		return 0, fuse.Status(errno)
	}
	return uint32(len(data)), fuse.OK
}

func (f *files) Fallocate(_ <-chan struct{}, in *fuse.FallocateIn) fuse.Status {
	ok := f.look()
	defer f.disk.mu.Unlock()
	switch {
	case !ok:
		return fuse.EIO
	case in.Mode != 0:
		return fuse.Status(syscall.EOPNOTSUPP)
	case f.disk.live[in.NodeId] == nil:
		return fuse.ENOENT
	}
	end := int64(in.Offset + in.Length)
	if end <= int64(len(f.disk.live[in.NodeId].data)) {
		return fuse.OK
	}
	return fuse.Status(f.disk.do(change{deed: truncate, node: in.NodeId, at: end}))
}

func (f *files) Flush(<-chan struct{}, *fuse.FlushIn) fuse.Status { return fuse.OK }

func (f *files) Fsync(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return fuse.EIO
	}
	return fuse.Status(f.disk.sync(in.NodeId))
}

func (f *files) FsyncDir(cancel <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	return f.Fsync(cancel, in)
}

func (f *files) OpenDir(<-chan struct{}, *fuse.OpenIn, *fuse.OpenOut) fuse.Status { return fuse.OK }

func (f *files) list(in *fuse.ReadIn, each func(fuse.DirEntry) bool) fuse.Status {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return fuse.EIO
	}
	dir := f.disk.live[in.NodeId]
	if dir == nil {
		return fuse.ENOENT
	}
	names := make([]string, 0, len(dir.names))
	for name := range dir.names {
		names = append(names, name)
	}
	slices.Sort(names)
	for i := int(in.Offset); i < len(names); i++ {
		id := dir.names[names[i]]
		mode := uint32(syscall.S_IFREG)
		if f.disk.live[id].dir {
			mode = syscall.S_IFDIR
		}
		if !each(fuse.DirEntry{Name: names[i], Mode: mode, Ino: id, Off: uint64(i + 1)}) {
			break
		}
	}
	return fuse.OK
}

func (f *files) ReadDir(_ <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	return f.list(in, out.AddDirEntry)
}

func (f *files) ReadDirPlus(_ <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	return f.list(in, func(e fuse.DirEntry) bool {
		entry := out.AddDirLookupEntry(e)
		if entry == nil {
			return false
		}
		return f.entry(e.Ino, entry) == fuse.OK
	})
}

func (f *files) StatFs(_ <-chan struct{}, _ *fuse.InHeader, out *fuse.StatfsOut) fuse.Status {
	ok := f.look()
	defer f.disk.mu.Unlock()
	if !ok {
		return fuse.EIO
	}
	total, used := int64(1<<30), f.disk.live.size()
	if f.disk.Capacity > 0 {
		total = f.disk.Capacity
	}
	out.Bsize, out.Frsize, out.NameLen = 4096, 4096, 255
	out.Blocks = uint64(total) / 4096
	out.Bfree = uint64(max(0, total-used)) / 4096
	out.Bavail = out.Bfree
	return fuse.OK
}

func (f *files) Access(<-chan struct{}, *fuse.AccessIn) fuse.Status { return fuse.OK }
