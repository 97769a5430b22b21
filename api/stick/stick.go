// Package stick is what a made pendrive consists of: the names of its files, and
// the first roster, sealed so that only its claim code opens it. The cloud writes
// these files (api/campus/fleet), the pendrive's program reads them.
package stick

// The files of a made pendrive, beside its program.
const (
	RosterFile = "roster.sealed" // the first roster
	EnvFile    = "edge.env"      // settings; never the claim code, which would open the roster beside it
	StartFile  = "START-HERE.html"
)

// Platform is a kind of computer that a pendrive runs on.
type Platform struct {
	OS, Arch string // as Go names them
	Label    string // as people do
}

// Platforms are all, the most usual first.
var Platforms = []Platform{
	{"windows", "amd64", "Windows"},
	{"darwin", "arm64", "Mac with an Apple chip"},
	{"darwin", "amd64", "Mac with an Intel chip"},
	{"linux", "amd64", "Linux on a PC"},
	{"linux", "arm64", "Linux on ARM, such as a Raspberry Pi"},
}

// Name is its short name.
func (p Platform) Name() string { return p.OS + "-" + p.Arch }

// Program is the program's file, on the pendrive and where `make pendrive` puts it.
func (p Platform) Program() string {
	name := "arise-edge-" + p.Name()
	if p.OS == "windows" {
		name += ".exe"
	}
	return name
}
