package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP hands mail to the school's own mail server. The protocol is go-mail's, a
// maintained library that does TLS, authentication and encodings well.
type SMTP struct {
	client func() (*gomail.Client, error)
	from   string
}

// dialFor bounds one attempt; the queue tries again.
const dialFor = 30 * time.Second

// NewSMTP reads smtp://user:password@host:port, which demands STARTTLS, or smtps://
// for TLS from the first byte. smtp+plain:// sends in clear, for a relay on the
// same machine. from is the sender, such as "School <office@school.example>".
func NewSMTP(address, from string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("must be like smtp://user:password@mail.school.example:587")
	}
	options := []gomail.Option{gomail.WithTimeout(dialFor)}
	port := 587
	switch u.Scheme {
	case "smtp":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "smtps":
		port, options = 465, append(options, gomail.WithSSL())
	case "smtp+plain":
		port, options = 25, append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("%q is not smtp, smtps or smtp+plain", u.Scheme)
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, fmt.Errorf("%q is no port", p)
		}
	}
	options = append(options, gomail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	if err := gomail.NewMsg().From(from); err != nil {
		return nil, fmt.Errorf("the sender %q is no address", from)
	}
	return &SMTP{from: from, client: func() (*gomail.Client, error) { return gomail.NewClient(u.Hostname(), options...) }}, nil
}

// deliver sends one mail. Its id is its Message-ID: a receiver that gets it twice
// can tell.
func (s *SMTP) deliver(ctx context.Context, p *Post, m Mail) error {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(s.from), msg.To(m.To...)); err != nil {
		return wrong{fmt.Errorf("address: %w", err)}
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID.String() + "@arise")
	msg.SetDateWithValue(m.CreatedAt)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no out-of-office answers, please (RFC 3834)
	msg.SetBodyString(gomail.TypeTextPlain, m.Body)
	if !m.Report.IsZero() {
		name, data, err := p.Reports.File(ctx, m.Report)
		if err != nil {
			return fmt.Errorf("read the report that goes with it: %w", err)
		}
		if err := msg.AttachReader(name, bytes.NewReader(data)); err != nil {
			return fmt.Errorf("attach the report: %w", err)
		}
	}
	client, err := s.client()
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	return client.DialAndSendWithContext(ctx, msg)
}

// wrong is a failure that trying again will not mend.
type wrong struct{ error }

// final reports that the receiver refused for good (5xx), or that there is nothing
// to send to.
func final(err error) bool {
	var w wrong
	var sent *gomail.SendError
	return errors.As(err, &w) || errors.As(err, &sent) && !sent.IsTemp() && sent.ErrorCode() >= 500
}
