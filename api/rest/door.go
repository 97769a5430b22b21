package rest

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/rs/cors"
)

// Door is what a server knows of the network it stands in. The zero Door trusts
// nobody.
type Door struct {
	Origins []string // whose pages may call us, such as https://portal.example
	Proxies []string // CIDRs of the proxies in front of us, whose X-Forwarded-For is true
	TLS     bool     // browsers reach us over TLS, and shall not try without
}

// Check says what is wrong with it.
func (d Door) Check() error {
	for _, o := range d.Origins {
		u, err := url.Parse(o)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Scheme+"://"+u.Host != o {
			return fmt.Errorf("%q is not an origin: write it as https://portal.example, without a path", o)
		}
	}
	for _, p := range d.Proxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			return fmt.Errorf("%q is not a network: write it as 10.0.0.0/8, or one address as 10.0.0.7/32", p)
		}
	}
	return nil
}

// address finds out who calls.
func (d Door) address() func(http.Handler) http.Handler {
	if len(d.Proxies) == 0 {
		return middleware.ClientIPFromRemoteAddr
	}
	return middleware.ClientIPFromXFF(d.Proxies...)
}

// cors answers browsers that ask whether a page of another origin may call us.
func (d Door) cors(next http.Handler) http.Handler {
	if len(d.Origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: d.Origins, AllowCredentials: true,
		AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowedHeaders: []string{"Authorization", "Content-Type", "If-Match", "Last-Event-ID"},
		ExposedHeaders: []string{"Content-Disposition", "ETag", "Link", "Retry-After"},
		MaxAge:         600,
	}).Handler(next)
}

// sameSite refuses a write that another site's page sends with our cookie.
func (d Door) sameSite(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	for _, o := range d.Origins {
		if err := p.AddTrustedOrigin(o); err != nil {
			panic("rest: check the door first: " + err.Error())
		}
	}
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		WriteProblem(w, NewProblem(http.StatusForbidden, "cross-origin", "another site sent this with your sign-in: open A.R.I.S.E. itself"))
	}))
	return p.Handler(next)
}

// secured sets the headers that cost nothing and close doors.
func (d Door) secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		// An answer is data; the portals' pages set what they need themselves.
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		if d.TLS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if isAPI(r) {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}
