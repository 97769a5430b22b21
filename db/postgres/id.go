package postgres

import (
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/arise-attendance/arise/api/attendance"
)

// idType makes pgx read and write attendance.ID as a uuid of its own. The zero ID is
// NULL.
func idType(m *pgtype.Map) {
	m.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{wrapID}, m.TryWrapEncodePlanFuncs...)
	m.TryWrapScanPlanFuncs = append([]pgtype.TryWrapScanPlanFunc{wrapScanID}, m.TryWrapScanPlanFuncs...)
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

func wrapScanID(target any) (pgtype.WrappedScanPlanNextSetter, any, bool) {
	if id, ok := target.(*attendance.ID); ok {
		return &scanID{}, (*uuidTarget)(id), true
	}
	return nil, nil, false
}

type scanID struct{ next pgtype.ScanPlan }

func (p *scanID) SetNext(next pgtype.ScanPlan) { p.next = next }

func (p *scanID) Scan(src []byte, target any) error {
	return p.next.Scan(src, (*uuidTarget)(target.(*attendance.ID))) //nolint:forcetypeassert // wrapScanID chose the plan by this type
}

// uuidTarget takes what pgx read.
type uuidTarget attendance.ID

// ScanUUID is called by pgx.
func (t *uuidTarget) ScanUUID(v pgtype.UUID) error {
	*t = uuidTarget(v.Bytes) // zero when NULL
	return nil
}
