// Package web serves the portals: what Vite built into dist, embedded in both programs.
//
// One portal is one folder of dist with an index.html. The first segment of a path names the portal and the
// teacher has the root. It knows nothing of the API and imports the standard library only.
package web

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed all:dist
var built embed.FS

// Policy is the Content-Security-Policy the portals are built for: nothing inline, nothing from elsewhere.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Handler serves the portals. It answers every path, so mount it after the API.
func Handler() http.Handler {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		panic("web: dist is embedded, so this cannot happen: " + err.Error())
	}
	return newSite(dist)
}
