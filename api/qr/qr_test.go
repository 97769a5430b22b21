package qr_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/qr"
)

func TestBothPicturesShowTheSameCode(t *testing.T) {
	t.Parallel()
	const link = "http://192.168.4.20:5000"
	svg, err := qr.SVG(link, `a "label" & <more>`)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(svg), `aria-label="a &#34;label&#34; &amp; &lt;more&gt;"`) {
		t.Errorf("the label is not escaped: %.200s", svg)
	}
	raw, err := qr.PNG(link)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	const dot = 8
	dark := 0
	for y := dot / 2; y < img.Bounds().Dy(); y += dot {
		for x := dot / 2; x < img.Bounds().Dx(); x += dot {
			if r, _, _, _ := img.At(x, y).RGBA(); r == 0 {
				dark++
			}
		}
	}
	if want := strings.Count(string(svg), "h1v1h-1z"); dark != want || dark < 200 {
		t.Errorf("dark modules: got %d, want %d", dark, want)
	}
	for _, at := range [][2]int{{0, 0}, {4*dot - 1, 4*dot - 1}} {
		if r, _, _, _ := img.At(at[0], at[1]).RGBA(); r == 0 {
			t.Errorf("got no white margin at %v", at)
		}
	}
}

func TestALinkThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	if _, err := qr.SVG(long, ""); err == nil {
		t.Error("got a picture")
	}
	if _, err := qr.PNG(long); err == nil {
		t.Error("got a picture")
	}
}
