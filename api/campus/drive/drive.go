// Package drive holds the operations with which the office keeps its pendrives.
// Only the cloud answers them. The rules are in api/attendance/office; how a
// pendrive itself speaks to the cloud is in api/campus.
package drive

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// ClaimFor is how long a claim code is good. A drive that was opened without a
// network may meet one weeks later; after that it is issued again.
const ClaimFor = 30 * 24 * time.Hour

// Nodes are the pendrives as the office sees them.
type Nodes interface {
	Nodes(ctx context.Context) ([]attendance.Node, error)
	FleetNode(ctx context.Context, id attendance.ID) (attendance.Node, error)
}

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Office office.Office
	Nodes  Nodes

	Rosters  Rosters
	School   func(context.Context) (attendance.School, error)
	Tickets  auth.Seal // of the links to made pendrives
	Programs string    // folder that `make pendrive` filled
	Origin   string    // where pendrives find this server
}

const path = "/api/admin/nodes"

// IDPath names the pendrive that an operation is about.
type IDPath struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

type changedOutput struct{ Body nodeChanged }

type nodeChanged struct {
	Message string `json:"message" example:"Operation successful."`
}

// Register mounts them.
func Register(api huma.API, d Deps) {
	rest.Handle(api, ofDrive(huma.Operation{
		OperationID: "list-nodes", Method: http.MethodGet, Path: path, Summary: "List the pendrives, and how each stands",
		Description: "By name. The list is whole: a school has tens of them.",
	}), d.listNodes)
	rest.Handle(api, ofDrive(huma.Operation{
		OperationID: "make-node", Method: http.MethodPost, Path: path, Summary: "Make a pendrive",
		Description:   "The answer shows the claim code, this once: only its hash is kept. Whoever brings it first is that pendrive. Its link gives the files to unpack onto a USB drive.",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusConflict},
	}), d.makeNode)
	rest.Handle(api, ofDrive(huma.Operation{
		OperationID: "get-node", Method: http.MethodGet, Path: path + "/{id}", Summary: "Read a pendrive", Errors: []int{http.StatusNotFound},
	}), d.getNode)
	rest.Handle(api, ofDrive(huma.Operation{
		OperationID: "change-node", Method: http.MethodPatch, Path: path + "/{id}", Summary: "Rename a pendrive, give it other courses or another end",
		Description: "What is absent stays. The drive learns of it when it calls next: rows that it lost are hidden there, and what it made is kept.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}), d.changeNode)
	rest.Handle(api, ofDrive(huma.Operation{
		OperationID: "revoke-node", Method: http.MethodPost, Path: path + "/{id}/revoke", Summary: "Shut a lost pendrive out",
		Description: "At once in the cloud, and on the drive when it calls next.", Errors: []int{http.StatusNotFound},
	}), d.revokeNode)
	rest.Handle(api, ofDrive(huma.Operation{
		OperationID: "reissue-node", Method: http.MethodPost, Path: path + "/{id}/reissue", Summary: "Give a pendrive to another drive, or to the same again",
		Description: "A new claim code, shown this once; the code and the key before it are out. The name, the courses and what was held stay.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}), d.reissueNode)
	rest.HandleFile(api, ofDrive(huma.Operation{
		OperationID: "download-pendrive", Method: http.MethodGet, Path: path + "/{id}/pendrive", Summary: "Download a pendrive's files, to unpack onto a USB drive",
		Description: "The program for each kind of computer, settings, a page to read first, and the first roster, which only the claim code opens. " +
			"Take the link of the answer that showed the code: it is good for some minutes, and until the code is used.",
		Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}), nil, []string{"application/zip"}, d.downloadStick)
}

// ofDrive is an operation for the office.
func ofDrive(op huma.Operation) huma.Operation {
	op.Tags, op.Security = []string{"Pendrives"}, rest.Only(attendance.RoleAdmin)
	return rest.Served(op, "cloud")
}

func changed(err error) (*changedOutput, error) {
	if err != nil {
		return nil, spell(err)
	}
	return &changedOutput{nodeChanged{Message: "Operation successful."}}, nil
}

// moment is a time in an answer, nil for none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}
