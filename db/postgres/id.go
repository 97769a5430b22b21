package postgres

import (
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/arise-attendance/arise/api/attendance"
)

// idType makes pgx read and write attendance.ID as a uuid of its own. The zero ID is
// NULL.
func idType(m *pgtype.Map) {
	m.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{wrapID}, m.TryWrapEncodePlanFuncs...)
	id := &pgtype.Type{Name: "uuid", OID: pgtype.UUIDOID, Codec: idCodec{}}
	m.RegisterType(id)
	m.RegisterType(&pgtype.Type{Name: "_uuid", OID: pgtype.UUIDArrayOID, Codec: &pgtype.ArrayCodec{ElementType: id}})
}

func wrapID(value any) (pgtype.WrappedEncodePlanNextSetter, any, bool) {
	if id, ok := value.(attendance.ID); ok {
		return &encodeID{}, uuid(id), true
	}
	return nil, nil, false
}

func uuid(id attendance.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: !id.IsZero()} }

type encodeID struct{ next pgtype.EncodePlan }

func (p *encodeID) SetNext(next pgtype.EncodePlan) { p.next = next }

func (p *encodeID) Encode(value any, buf []byte) ([]byte, error) {
	return p.next.Encode(uuid(value.(attendance.ID)), buf) //nolint:forcetypeassert // wrapID chose the plan by this type
}

// idCodec reads ids straight from the wire. By itself pgx would take the way of
// database/sql, which writes each out as text to read it again.
type idCodec struct{ pgtype.UUIDCodec }

// PlanScan implements pgtype.Codec.
func (c idCodec) PlanScan(m *pgtype.Map, oid uint32, format int16, target any) pgtype.ScanPlan {
	if _, ok := target.(*attendance.ID); ok && format == pgtype.BinaryFormatCode {
		return scanID{}
	}
	return c.UUIDCodec.PlanScan(m, oid, format, target)
}

type scanID struct{}

func (scanID) Scan(src []byte, target any) error {
	id := target.(*attendance.ID) //nolint:forcetypeassert // PlanScan chose the plan by this type
	if src == nil {
		*id = attendance.ID{}
		return nil
	}
	if len(src) != len(id) {
		return fmt.Errorf("got %d bytes, want an id", len(src))
	}
	copy(id[:], src)
	return nil
}
