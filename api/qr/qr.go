// Package qr draws links as QR codes, for screens and for paper. It knows nothing
// of what a link opens.
package qr

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the white margin that ISO/IEC 18004 asks for, in modules.
const quiet = 4

// SVG stays sharp on a projector. label is its name for screen readers.
func SVG(link, label string) ([]byte, error) {
	dark, size, err := modules(link)
	if err != nil {
		return nil, err
	}
	var path strings.Builder
	for y := range size {
		for x := range size {
			if dark(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	all := size + 2*quiet
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`, all, all, html.EscapeString(label), all, all, path.String()), nil
}

// dot is a module's width in a PNG's pixels.
const dot = 8

// PNG is for whatever does not draw SVG, such as a word processor.
func PNG(link string) ([]byte, error) {
	dark, size, err := modules(link)
	if err != nil {
		return nil, err
	}
	all := (size + 2*quiet) * dot
	img := image.NewPaletted(image.Rect(0, 0, all, all), color.Palette{color.White, color.Black})
	for y := range all {
		for x := range all {
			if mx, my := x/dot-quiet, y/dot-quiet; mx >= 0 && my >= 0 && mx < size && my < size && dark(mx, my) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("draw the link: %w", err)
	}
	return out.Bytes(), nil
}

// modules are the squares of a code. Level M still reads with a scratch on it.
func modules(link string) (dark func(x, y int) bool, size int, err error) {
	code, err := qr.Encode(link, qr.M, qr.Auto)
	if err != nil {
		return nil, 0, fmt.Errorf("draw the link: %w", err)
	}
	return func(x, y int) bool { return code.At(x, y) == color.Black }, code.Bounds().Dx(), nil
}
