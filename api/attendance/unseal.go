package attendance

import "bytes"

// unseal reads a body as Seal writes it: fields in their order, nothing escaped, no
// spaces. That takes a small part of the time in which encoding/json looks for what
// else could be there, and the cloud reads a thousand while a pendrive waits. Whatever
// else comes is not plain, and read in full: unseal may know less than encoding/json
// does, but never says something else.
func unseal(body []byte) (f Fact, plain bool) {
	u := unsealer{rest: body, plain: true}
	u.open()
	f.V = int(u.number(`"v":`))
	u.id(`"id":`, &f.ID)
	f.Kind = Kind(u.text(`"kind":`))
	u.id(`"node":`, &f.Node)
	u.id(`"session":`, &f.Session)
	u.id(`"student":`, &f.Student)
	f.Roll = int(u.number(`"roll":`))
	u.id(`"actor":`, &f.Actor)
	u.id(`"gesture":`, &f.Gesture)
	f.Class = Class(u.number(`"class":`))
	f.Status = Status(u.text(`"status":`))
	f.Method = Method(u.text(`"method":`))
	f.Reason = u.text(`"reason":`)
	f.Seen = HLC(u.number(`"seen":`))
	if u.named(`"device":`) {
		f.Device = &DeviceRef{}
		u.open()
		u.id(`"id":`, &f.Device.ID)
		f.Device.Epoch = u.number(`"epoch":`)
		f.Device.Seq = u.number(`"seq":`)
		u.close()
	}
	f.ClosesAt = u.number(`"closes_ms":`)
	f.ClosedAt = u.number(`"closed_ms":`)
	f.WallMS = u.number(`"wall_ms":`)
	u.id(`"segment":`, &f.Segment)
	f.MonoMS = u.number(`"mono_ms":`)
	f.HLC = HLC(u.number(`"hlc":`))
	u.close()
	return f, u.plain && len(u.rest) == 0
}

// unsealer walks over a body. What it answers after something that is not plain does
// not matter.
type unsealer struct {
	rest  []byte
	first bool // no field of this object came yet: none is parted by a comma
	plain bool
}

func (u *unsealer) skip(c byte) {
	if len(u.rest) == 0 || u.rest[0] != c {
		u.plain, u.rest = false, nil
		return
	}
	u.rest = u.rest[1:]
}

func (u *unsealer) open() {
	u.skip('{')
	u.first = true
}

func (u *unsealer) close() {
	u.skip('}')
	u.first = false
}

// named steps over a field's name, if it is the next.
func (u *unsealer) named(name string) bool {
	at := 1
	if u.first {
		at = 0
	}
	if len(u.rest) < at+len(name) || at == 1 && u.rest[0] != ',' || string(u.rest[at:at+len(name)]) != name {
		return false
	}
	u.rest, u.first = u.rest[at+len(name):], false
	return true
}

// quoted is what stands in quotes, where nothing is escaped.
func (u *unsealer) quoted() []byte {
	u.skip('"')
	end := bytes.IndexByte(u.rest, '"')
	if end < 0 {
		u.plain, u.rest = false, nil
		return nil
	}
	got := u.rest[:end]
	u.rest = u.rest[end+1:]
	for _, c := range got {
		if c == '\\' || c < ' ' {
			u.plain = false
		}
	}
	return got
}

func (u *unsealer) text(name string) string {
	if !u.named(name) {
		return ""
	}
	return string(u.quoted())
}

func (u *unsealer) id(name string, to *ID) {
	if u.named(name) && to.UnmarshalText(u.quoted()) != nil {
		u.plain = false
	}
}

// number has no sign, and at most as many digits as always fit.
func (u *unsealer) number(name string) int64 {
	if !u.named(name) {
		return 0
	}
	const digits = 18
	var n int64
	i := 0
	for ; i < min(len(u.rest), digits) && '0' <= u.rest[i] && u.rest[i] <= '9'; i++ {
		n = n*10 + int64(u.rest[i]-'0')
	}
	if i == 0 || i > 1 && u.rest[0] == '0' {
		u.plain = false
	}
	u.rest = u.rest[i:]
	return n
}
