package pendrive

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/rest"
)

// EdgeKeeping is what is done so that nothing is lost with the drive.
type EdgeKeeping struct {
	Backups     int           `json:"backups" doc:"On the drive itself, of three; each was read through when it was made."`
	LastBackup  *time.Time    `json:"last_backup" nullable:"true"`
	BackupWords string        `json:"backup_words" example:"3 minutes ago"`
	BackupError string        `json:"backup_error" doc:"Why the last try made none; empty: it did."`
	ReturnedAt  *time.Time    `json:"returned_at" nullable:"true" doc:"When a drive that had failed took marks again."`
	Recovery    *EdgeRecovery `json:"recovery,omitempty" doc:"The last time that something was lost and taken back; absent: it never was."`
}

// EdgeRecovery is a register, or its end, that was made again.
type EdgeRecovery struct {
	At          time.Time `json:"at"`
	Source      string    `json:"source" enum:"register,backup,journal" doc:"What it was made from; register: it was sound, but for its end."`
	Why         string    `json:"why" doc:"What was wrong, for whoever repairs the drive."`
	Kept        int64     `json:"kept" doc:"Lines of the log that the source had."`
	FromJournal int64     `json:"from_journal" doc:"Lines that the journal gave back."`
	FromCloud   int64     `json:"from_cloud" doc:"Facts of this pendrive that the cloud gave back since."`
	Aside       string    `json:"aside" doc:"Folder of the damaged files, which nobody deletes; empty: none were."`
	Words       string    `json:"words"`
}

// Saved is a backup that was made.
type Saved struct {
	At    time.Time
	Lines int64
	File  string
}

// Ejected is a drive that is ready to be pulled out.
type Ejected struct {
	Sent    int
	Waiting int
}

type edgeBackupBody struct {
	Message string    `json:"message" example:"Backed up: 1204 lines, read through"`
	At      time.Time `json:"at"`
	Lines   int64     `json:"lines"`
	File    string    `json:"file" doc:"Where it lies on the pendrive."`
}

type edgeBackupOutput struct{ Body edgeBackupBody }

type edgeEjectInput struct {
	Force bool `query:"force" doc:"Also while a class runs."`
}

type edgeEjectBody struct {
	Message string `json:"message" example:"Safe to remove: pull the pendrive out."`
	Safe    bool   `json:"safe"`
	Sent    int    `json:"sent" doc:"Lines that the cloud confirmed now."`
	Waiting int    `json:"waiting" doc:"Lines that are safe on the drive and go to the cloud when it next meets it."`
}

type edgeEjectOutput struct{ Body edgeEjectBody }

func (d Deps) care(api huma.API) {
	rest.Handle(api, ofEdge(huma.Operation{
		OperationID: "back-up-edge", Method: http.MethodPost, Path: "/api/edge/backup",
		Summary: "Copy the register beside itself, and read the copy through", Security: rest.Public,
		Description: "Done after each class by itself; done on the pendrive's own computer. A register that is damaged or gone when the program starts is made again " +
			"from the newest backup that is good and from the journal. To go back by hand: stop the program, move register.db out of the folder, and start it.",
		Errors: []int{http.StatusForbidden, http.StatusServiceUnavailable},
	}), d.backUp)
	rest.Handle(api, ofEdge(huma.Operation{
		OperationID: "eject-edge", Method: http.MethodPost, Path: "/api/edge/eject",
		Summary: "Make the pendrive ready to be pulled out", Security: rest.Public,
		Description: "Sends what waits if the cloud answers within seconds, writes everything into one file, closes it and ends the program. " +
			"Done on the pendrive's own computer. A class that runs is in the way unless force says otherwise.",
		Errors: []int{http.StatusForbidden, http.StatusConflict, http.StatusServiceUnavailable},
	}), d.eject)
}

func (d Deps) backUp(ctx context.Context, _ *struct{}) (*edgeBackupOutput, error) {
	drive, err := d.drive()
	if err != nil {
		return nil, err
	}
	s, err := drive.Backup(ctx)
	if err != nil {
		return nil, err
	}
	return &edgeBackupOutput{Body: edgeBackupBody{
		Message: "Backed up: " + count(int(s.Lines), "line") + ", read through", At: s.At.UTC().Truncate(time.Second), Lines: s.Lines, File: s.File,
	}}, nil
}

func (d Deps) eject(ctx context.Context, in *edgeEjectInput) (*edgeEjectOutput, error) {
	drive, err := d.drive()
	if err != nil {
		return nil, err
	}
	e, err := drive.Eject(ctx, in.Force)
	if err != nil {
		return nil, err
	}
	out := edgeEjectBody{Message: "Safe to remove: pull the pendrive out.", Safe: true, Sent: e.Sent, Waiting: e.Waiting}
	if e.Waiting > 0 {
		out.Message += " " + count(e.Waiting, "line") + " on it will go to the cloud when it next meets it."
	}
	return &edgeEjectOutput{Body: out}, nil
}
