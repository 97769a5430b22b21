package postgres

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/arise-attendance/arise/api/attendance"
)

// listTypes makes pgx write the lists that an upload is made of in one go: a thousand
// of each. Made by pgx, element by element, they took as long as reading the batch.
func listTypes(m *pgtype.Map) {
	listType(m, pgtype.UUIDArrayOID, list[attendance.ID]{pgtype.UUIDOID, idSize, func(b []byte, id attendance.ID) []byte { return append(b, id[:]...) }})
	listType(m, pgtype.ByteaArrayOID, list[[]byte]{pgtype.ByteaOID, bytesSize, func(b, v []byte) []byte { return append(b, v...) }})
	listType(m, pgtype.TextArrayOID, list[string]{pgtype.TextOID, func(v string) int { return len(v) }, func(b []byte, v string) []byte { return append(b, v...) }})
	listType(m, pgtype.Int8ArrayOID, list[int64]{pgtype.Int8OID, func(int64) int { return 8 }, appendInt64})
	listType(m, pgtype.TimestamptzArrayOID, list[time.Time]{pgtype.TimestamptzOID, func(time.Time) int { return 8 }, appendTime})
}

func listType[T any](m *pgtype.Map, oid uint32, plan list[T]) {
	if t, ok := m.TypeForOID(oid); ok {
		if c, ok := t.Codec.(*pgtype.ArrayCodec); ok {
			m.RegisterType(&pgtype.Type{Name: t.Name, OID: oid, Codec: listCodec[T]{c, plan}})
		}
	}
}

// listCodec is pgx's own but for writing a []T.
type listCodec[T any] struct {
	*pgtype.ArrayCodec
	plan list[T]
}

// PlanEncode is called by pgx.
func (c listCodec[T]) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.([]T); ok && format == pgtype.BinaryFormatCode {
		return c.plan
	}
	return c.ArrayCodec.PlanEncode(m, oid, format, value)
}

// list writes elements of one type.
type list[T any] struct {
	element uint32
	size    func(T) int // null: nothing is put
	put     func([]byte, T) []byte
}

const null = -1

// Encode writes an array of one dimension as Postgres sends and receives it
// (array_recv in src/backend/utils/adt/arrayfuncs.c). An empty one has no dimension.
func (l list[T]) Encode(value any, buf []byte) ([]byte, error) {
	all := value.([]T) //nolint:forcetypeassert // PlanEncode chose the plan by this type
	const header, mayHoldNull, firstIndex = 20, 1, 1
	room := header
	for _, v := range all {
		room += 4 + max(0, l.size(v))
	}
	buf = slices.Grow(buf, room)
	if len(all) == 0 {
		return appendInt32s(buf, 0, 0, int(l.element)), nil
	}
	buf = appendInt32s(buf, 1, mayHoldNull, int(l.element), len(all), firstIndex)
	for _, v := range all {
		n := l.size(v)
		if buf = appendInt32s(buf, n); n != null {
			buf = l.put(buf, v)
		}
	}
	return buf, nil
}

func appendInt32s(b []byte, all ...int) []byte {
	for _, n := range all {
		b = binary.BigEndian.AppendUint32(b, uint32(n)) //nolint:gosec // pgx sends no message of 2 GiB
	}
	return b
}

func appendInt64(b []byte, n int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(n)) } //nolint:gosec // its bits

var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func appendTime(b []byte, t time.Time) []byte { return appendInt64(b, t.UnixMicro()-epoch.UnixMicro()) }

// idSize makes nobody NULL.
func idSize(id attendance.ID) int {
	if id.IsZero() {
		return null
	}
	return len(id)
}

func bytesSize(b []byte) int {
	if b == nil {
		return null
	}
	return len(b)
}
