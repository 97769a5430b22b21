package torture

import (
	"bytes"
	"maps"
)

// root is the folder at the top of a disk.
const root = uint64(1)

// inode is a file or a folder.
type inode struct {
	dir   bool
	data  []byte
	names map[string]uint64
}

// image is all that a medium holds, by inode. An inode that no folder names is lost
// at the next power cut, and until then whoever has it open may use it.
type image map[uint64]*inode

func newImage() image { return image{root: {dir: true, names: map[string]uint64{}}} }

// clone copies what can be reached from the root, and nothing else.
func (im image) clone() image {
	out := image{}
	var walk func(uint64)
	walk = func(id uint64) {
		n, there := im[id]
		if !there || out[id] != nil {
			return
		}
		out[id] = &inode{dir: n.dir, data: bytes.Clone(n.data), names: maps.Clone(n.names)}
		for _, below := range n.names {
			walk(below)
		}
	}
	walk(root)
	for _, n := range out { // a name whose file never came into being
		maps.DeleteFunc(n.names, func(_ string, id uint64) bool { return out[id] == nil })
	}
	return out
}

// nameOf is a name that a file or folder has; empty: none.
func (im image) nameOf(id uint64) string {
	for _, n := range im {
		for name, below := range n.names {
			if below == id {
				return name
			}
		}
	}
	return ""
}

// size is what all that has a name takes.
func (im image) size() int64 {
	var n int64
	for _, dir := range im {
		for _, id := range dir.names {
			if f := im[id]; f != nil {
				n += int64(len(f.data))
			}
		}
	}
	return n
}

// deed is what a change does.
type deed string

const (
	write    deed = "write"
	truncate deed = "truncate"
	link     deed = "create"
	unlink   deed = "unlink"
	rename   deed = "rename"
)

// change is one step that a program made and nobody has synced yet.
type change struct {
	deed deed
	node uint64 // the file or folder that is written, linked, unlinked or renamed
	dir  bool   // node is a folder

	at   int64 // write; truncate: the new size
	data []byte

	from   uint64 // the folder of the old name: unlink and rename
	name   string
	to     uint64 // the folder of the new name: link and rename
	asName string
}

// apply does a change to an image. In an image that missed earlier changes it does
// what a file system could make of it.
func (im image) apply(c change) {
	switch c.deed {
	case write, truncate:
		n := im.file(c.node)
		if c.deed == truncate {
			n.resize(c.at)
			return
		}
		if end := c.at + int64(len(c.data)); end > int64(len(n.data)) {
			n.resize(end)
		}
		copy(n.data[c.at:], c.data)
	case link:
		im.make(c.node, c.dir)
		im.folder(c.to).names[c.asName] = c.node
	case unlink:
		if from := im[c.from]; from != nil && from.names[c.name] == c.node {
			delete(from.names, c.name)
		}
	case rename:
		if from := im[c.from]; from != nil && from.names[c.name] == c.node {
			delete(from.names, c.name)
		}
		im.make(c.node, c.dir)
		im.folder(c.to).names[c.asName] = c.node
	}
}

func (im image) make(id uint64, dir bool) {
	if im[id] != nil {
		return
	}
	im[id] = &inode{dir: dir}
	if dir {
		im[id].names = map[string]uint64{}
	}
}

func (im image) file(id uint64) *inode {
	im.make(id, false)
	return im[id]
}

// folder may be synced before anybody synced its own name.
func (im image) folder(id uint64) *inode {
	im.make(id, true)
	return im[id]
}

func (n *inode) resize(size int64) {
	if size <= int64(len(n.data)) {
		n.data = n.data[:size:size] // what is cut off reads as zeros when it grows again
		return
	}
	n.data = append(n.data, make([]byte, size-int64(len(n.data)))...)
}

// concerns reports whether syncing a file or folder makes the change durable: a
// file's sync is its bytes and its length, a name is its folder's affair. FAT, which
// pendrives have, promises no more.
func (c change) concerns(id uint64) bool {
	switch c.deed {
	case write, truncate:
		return c.node == id
	}
	return c.from == id || c.to == id
}
