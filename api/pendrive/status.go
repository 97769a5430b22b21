package pendrive

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/qr"
	"github.com/arise-attendance/arise/api/rest"
)

// EdgeStatus is how a pendrive stands. Every sentence in it is made here, so that
// each page and program says the same.
type EdgeStatus struct {
	Instance    string         `json:"instance" doc:"Another one after each start; empty: its program does not run."`
	Version     string         `json:"version"`
	StartedAt   time.Time      `json:"started_at,omitzero" doc:"Absent: its program does not run."`
	Paired      bool           `json:"paired" doc:"The school knows this pendrive."`
	NodeID      attendance.ID  `json:"node_id,omitzero" format:"uuid" doc:"Absent: not paired yet."`
	Name        string         `json:"name"`
	Institution string         `json:"institution"`
	Courses     []EdgeCourse   `json:"courses" doc:"What it holds classes of."`
	ClassUntil  *time.Time     `json:"class_until" nullable:"true" doc:"When the last class that runs here ends."`
	Cloud       EdgeCloud      `json:"cloud"`
	Medium      EdgeMedium     `json:"medium"`
	Keeping     EdgeKeeping    `json:"keeping"`
	Network     EdgeNetwork    `json:"network"`
	Clock       EdgeClock      `json:"clock"`
	Encryption  EdgeEncryption `json:"encryption"`
	Phones      []EdgePhone    `json:"phones" doc:"Let in by the teacher, the newest first."`
	Attention   []string       `json:"attention" doc:"What a person must do; empty: nothing."`
}

// EdgeCourse is a course whose classes can be held here.
type EdgeCourse struct {
	ID       attendance.ID `json:"id" format:"uuid"`
	Code     string        `json:"code"`
	Name     string        `json:"name"`
	Students int           `json:"students"`
	Running  bool          `json:"running"`
}

// EdgeCloud is the way to the school's server.
type EdgeCloud struct {
	URL       string     `json:"url" doc:"Empty: none is configured."`
	Reachable bool       `json:"reachable" doc:"What the last attempt said; asking does not try."`
	AutoSync  bool       `json:"auto_sync"`
	State     string     `json:"state" enum:"saved,sending,offline,attention"`
	Words     string     `json:"words" example:"Offline - 34 safe here"`
	Waiting   int        `json:"waiting" doc:"Lines of the log that the cloud has not confirmed."`
	Unplaced  int        `json:"unplaced" doc:"Scans that a person must place."`
	LastSync  *time.Time `json:"last_sync" nullable:"true"`
	SyncWords string     `json:"sync_words" example:"3 minutes ago"`
}

// EdgeMedium is what the register lies on.
type EdgeMedium struct {
	State         string     `json:"state" enum:"well,low,failed,read_only" doc:"low: nearly full; failed and read_only: nothing is stored."`
	Words         string     `json:"words"`
	Folder        string     `json:"folder"`
	FreeBytes     int64      `json:"free_bytes" doc:"0: not known."`
	TotalBytes    int64      `json:"total_bytes" doc:"0: not known."`
	RegisterBytes int64      `json:"register_bytes"`
	Full          bool       `json:"full" doc:"What is left is kept for the marks of classes that run: no new class starts."`
	ReserveBytes  int64      `json:"reserve_bytes" doc:"Kept aside, and given to marks first when the drive is full."`
	LastError     string     `json:"last_error" doc:"The last that stopped it since the program started, also when it is well again; empty: none."`
	LastErrorAt   *time.Time `json:"last_error_at" nullable:"true"`
}

// EdgeNetwork is where this pendrive is found.
type EdgeNetwork struct {
	Here   string   `json:"here" doc:"For this computer." example:"http://127.0.0.1:5000"`
	LAN    []string `json:"lan" doc:"For scanners and phones, the likeliest first." example:"[\"http://192.168.4.20:5000\"]"`
	Name   string   `json:"name" doc:"The same by name; empty: not announced." example:"http://arise.local:5000"`
	Port   int      `json:"port"`
	Wanted int      `json:"wanted_port" doc:"The port it was to have; another program had it when they differ."`
	QR     string   `json:"qr" doc:"The address for others as a picture; empty: there is none." example:"/api/edge/qr"`
}

// EdgeClock compares this computer's clock with the cloud's.
type EdgeClock struct {
	State      string     `json:"state" enum:"unknown,well,ahead,behind,doubtful" doc:"doubtful: a teacher should say what time it is."`
	Source     string     `json:"source" enum:"cloud,teacher,drive," doc:"Who said; drive: it cannot be earlier; empty: nobody since the program started."`
	Now        time.Time  `json:"now" doc:"What this pendrive takes the time to be."`
	Words      string     `json:"words"`
	OffSeconds float64    `json:"off_s" doc:"How far it is ahead of the cloud; less than 0: behind."`
	CheckedAt  *time.Time `json:"checked_at" nullable:"true"`
}

// EdgeEncryption says whether a lost pendrive tells names.
type EdgeEncryption struct {
	On    bool   `json:"on"`
	Words string `json:"words"`
}

type edgeStatusOutput struct{ Body EdgeStatus }

type qrInput struct {
	Format string `query:"format" enum:"svg,png" default:"svg"`
}

type qrOutput struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

func (d Deps) status(api huma.API) {
	rest.Handle(api, ofEdge(huma.Operation{
		OperationID: "get-edge-status", Method: http.MethodGet, Path: "/api/edge/status",
		Summary: "How this pendrive stands", Security: rest.Public,
		Description: "Answered on the pendrive's computer and to phones that were paired with it. It names courses and no person.",
	}), d.edgeStatus)
	op := ofEdge(huma.Operation{
		OperationID: "get-edge-qr", Method: http.MethodGet, Path: "/api/edge/qr",
		Summary: "The pendrive's address in the classroom's network as a QR code", Security: rest.Public,
	})
	binary := func() *huma.MediaType {
		return &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	op.Responses = map[string]*huma.Response{"200": {Description: "The picture", Content: map[string]*huma.MediaType{"image/svg+xml": binary(), "image/png": binary()}}}
	rest.Handle(api, op, d.drawAddress)
}

func (d Deps) edgeStatus(ctx context.Context, _ *struct{}) (*edgeStatusOutput, error) {
	drive, err := d.drive()
	if err != nil {
		return nil, err
	}
	st, err := drive.Status(ctx)
	return &edgeStatusOutput{Body: st}, err
}

func (d Deps) drawAddress(ctx context.Context, in *qrInput) (*qrOutput, error) {
	drive, err := d.drive()
	if err != nil {
		return nil, err
	}
	st, err := drive.Status(ctx)
	if err != nil {
		return nil, err
	}
	if len(st.Network.LAN) == 0 {
		return nil, rest.NewProblem(http.StatusNotFound, "not-found", "this computer is in no network: connect it to the classroom's Wi-Fi first")
	}
	if in.Format == "png" {
		png, err := qr.PNG(st.Network.LAN[0])
		return &qrOutput{ContentType: "image/png", CacheControl: "no-store", Body: png}, err
	}
	svg, err := qr.SVG(st.Network.LAN[0], "QR code of this pendrive's address")
	return &qrOutput{ContentType: "image/svg+xml", CacheControl: "no-store", Body: svg}, err
}
