package node

import (
	"context"
	"strings"
)

// serial writes the number of a volume as each system means it: the 32 bits of a FAT
// or exFAT medium, the lower 32 of NTFS, or a whole UUID.
func serial(id string) string {
	id = strings.ToUpper(strings.ReplaceAll(id, "-", ""))
	if len(id) == 16 {
		return id[8:]
	}
	return id
}

// settleIn looks whether somebody copied this folder from another drive.
func (n *Node) settleIn(ctx context.Context) error {
	if n.config.Volume == nil || n.store.Failed() != nil {
		return nil //nolint:nilerr // it can be read still
	}
	copied, err := n.store.LiesOn(ctx, n.config.Volume(n.config.Data))
	if copied {
		n.config.Log.WarnContext(ctx, "this folder was copied from another drive: sending all of it under a new name")
	}
	return err
}
