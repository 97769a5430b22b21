// Package fleet holds the operations with which the office keeps its scanners: it
// registers them, says where they stand, pairs them and shuts them out. Only the cloud
// answers them. How a paired scanner speaks is api/classroom's affair.
package fleet

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Scanners are the scanners that the office knows. What it keeps of a key is sealed.
type Scanners interface {
	PairedDevices(ctx context.Context, revoked bool) ([]auth.PairedDevice, error)
	PairedDevice(ctx context.Context, id attendance.ID) (auth.PairedDevice, error)
	AddDevice(ctx context.Context, d attendance.Device) error
	// ChangeDevice keeps what the office says, and nothing of what the scanner says.
	ChangeDevice(ctx context.Context, d attendance.Device) error
	// RevokeDevice shuts a scanner out, and forgets its key and its code.
	RevokeDevice(ctx context.Context, id attendance.ID) error
	// OfferPairing lets whoever brings a code be this scanner. Taken: another scanner's
	// code begins with the same characters.
	OfferPairing(ctx context.Context, id attendance.ID, code auth.PairingCode, until time.Time) error
	// PairDevice gives a scanner to whoever brings its code, once; the same attempt
	// gets the same again. It returns what is kept of its key: what seal made, or what
	// it made the first time.
	PairDevice(ctx context.Context, code auth.PairingCode, attempt attendance.ID, firmware string, seal func(attendance.ID) ([]byte, error)) (attendance.Device, []byte, error)
	// RotateDevice keeps what next makes of what is kept, unless that was done and the
	// scanner has not followed yet.
	RotateDevice(ctx context.Context, id attendance.ID, next func(sealed []byte) (fresh, salt []byte, err error)) error
}

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Service  *attendance.Service
	Scanners Scanners
	Seal     auth.Seal // of scanners' keys
	Server   attendance.ID
	Brake    auth.Brake
}

// Register mounts them.
func Register(api huma.API, d Deps) {
	const path = "/api/admin/devices"
	gone := []int{http.StatusNotFound}
	rest.Handle(api, ofOffice(huma.Operation{OperationID: "list-devices", Method: http.MethodGet, Path: path, Summary: "List the scanners"}), d.list)
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "add-device", Method: http.MethodPost, Path: path, Summary: "Register a scanner", DefaultStatus: http.StatusCreated,
		Description: "The answer holds a pairing code, this once. A scanner with the original firmware has none: it is known by its MAC address.",
		Errors:      []int{http.StatusConflict},
	}), d.add)
	rest.Handle(api, ofOffice(huma.Operation{OperationID: "get-device", Method: http.MethodGet, Path: path + "/{id}", Summary: "Read a scanner", Errors: gone}), d.get)
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "change-device", Method: http.MethodPut, Path: path + "/{id}", Summary: "Change a scanner's name, place or firmware",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}), d.change)
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "revoke-device", Method: http.MethodDelete, Path: path + "/{id}", Summary: "Shut a scanner out, at once", DefaultStatus: http.StatusNoContent,
		Description: "What it sent stays. Pairing it again lets it in, with the marks it holds.", Errors: gone,
	}), d.revoke)
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "offer-pairing", Method: http.MethodPost, Path: path + "/{id}/pair", Summary: "Show a code to pair this scanner, or another in its place",
		Description: "Until the code is used, a scanner that is paired goes on.", Errors: []int{http.StatusNotFound},
	}), d.offer)
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "rotate-device-key", Method: http.MethodPost, Path: path + "/{id}/rotate", Summary: "Give a scanner another key",
		Description: "The scanner takes it when it calls next; until it has used it, the one before is good as well. After a theft, shut it out instead.",
		Errors:      gone,
	}), d.rotate)
	d.pairing(api)
}

// ofOffice is an operation about the office's scanners.
func ofOffice(op huma.Operation) huma.Operation {
	op.Tags, op.Security = []string{"Scanners"}, rest.Only(attendance.RoleAdmin)
	return rest.Served(op, "cloud")
}
