package node

import (
	"fmt"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Volume names the medium that a folder lies on, by what was written to it when it was
// formatted; empty: the system does not say. Never the computer's name, nor its cards'.
func Volume(dir string) string {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	root, err := windows.UTF16PtrFromString(filepath.VolumeName(whole) + `\`)
	if err != nil {
		return ""
	}
	var number uint32
	if err := windows.GetVolumeInformation(root, nil, 0, &number, nil, nil, nil, 0); err != nil || number == 0 {
		return ""
	}
	return serial(fmt.Sprintf("%08X", number))
}
