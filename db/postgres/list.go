package postgres

import (
	"encoding/binary"
	"slices"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/arise-attendance/arise/api/attendance"
)

// listTypes makes pgx write lists of ids and of bytes in one go. An upload sends a
// thousand of each; made by pgx, element by element through reflection, they took as
// long as reading the batch.
func listTypes(m *pgtype.Map) {
	for oid, name := range map[uint32]string{pgtype.UUIDArrayOID: "_uuid", pgtype.ByteaArrayOID: "_bytea"} {
		if t, ok := m.TypeForOID(oid); ok {
			if c, ok := t.Codec.(*pgtype.ArrayCodec); ok {
				m.RegisterType(&pgtype.Type{Name: name, OID: oid, Codec: listCodec{c}})
			}
		}
	}
}

type listCodec struct{ *pgtype.ArrayCodec }

// PlanEncode is called by pgx.
func (c listCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if format == pgtype.BinaryFormatCode {
		switch value.(type) {
		case []attendance.ID:
			return idList{}
		case [][]byte:
			return byteList{}
		}
	}
	return c.ArrayCodec.PlanEncode(m, oid, format, value)
}

type idList struct{}

// Encode writes the zero ID as NULL.
func (idList) Encode(value any, buf []byte) ([]byte, error) {
	ids := value.([]attendance.ID) //nolint:forcetypeassert // PlanEncode chose the plan by this type
	buf = listOf(buf, pgtype.UUIDOID, len(ids), len(ids)*len(attendance.ID{}))
	for _, id := range ids {
		if id.IsZero() {
			buf = null(buf)
			continue
		}
		buf = append(size(buf, len(id)), id[:]...)
	}
	return buf, nil
}

type byteList struct{}

func (byteList) Encode(value any, buf []byte) ([]byte, error) {
	all := value.([][]byte) //nolint:forcetypeassert // PlanEncode chose the plan by this type
	sum := 0
	for _, b := range all {
		sum += len(b)
	}
	buf = listOf(buf, pgtype.ByteaOID, len(all), sum)
	for _, b := range all {
		if b == nil {
			buf = null(buf)
			continue
		}
		buf = append(size(buf, len(b)), b...)
	}
	return buf, nil
}

// listOf begins an array of one dimension as Postgres sends and receives it
// (array_recv in src/backend/utils/adt/arrayfuncs.c), with room for all of it. An
// empty one has no dimension.
func listOf(buf []byte, element uint32, n, bytes int) []byte {
	const header, mayHoldNull, firstIndex = 20, 1, 1
	buf = slices.Grow(buf, header+4*n+bytes)
	if n == 0 {
		buf = binary.BigEndian.AppendUint32(buf, 0)
		buf = binary.BigEndian.AppendUint32(buf, 0)
		return binary.BigEndian.AppendUint32(buf, element)
	}
	buf = binary.BigEndian.AppendUint32(buf, 1)
	buf = binary.BigEndian.AppendUint32(buf, mayHoldNull)
	buf = binary.BigEndian.AppendUint32(buf, element)
	buf = size(buf, n)
	return binary.BigEndian.AppendUint32(buf, firstIndex)
}

func size(buf []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(buf, uint32(n)) //nolint:gosec // pgx sends no message of 2 GiB
}

func null(buf []byte) []byte { return binary.BigEndian.AppendUint32(buf, 0xffffffff) }
