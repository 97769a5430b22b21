package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/edge/cloudtest"
)

func TestHelpPrintsTheTable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, nil, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, s := range table.Settings {
		if !strings.Contains(out.String(), s.Name) {
			t.Errorf("%s is not in the help", s.Name)
		}
	}
}

func TestWhatIsMistypedIsToldBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args []string
		env  []string
		says string
	}{
		"a verb":                 {[]string{"sreve"}, nil, "sreve"},
		"a claim without a code": {[]string{"claim"}, nil, "edge claim CODE"},
		"an unknown name":        {nil, []string{"ARISE_EDGE_LISTN=:1"}, "ARISE_EDGE_LISTN"},
		"another unknown name":   {nil, []string{"ARISE_EGDE_DATA=x"}, "ARISE_EGDE_DATA"},
		"an address":             {nil, []string{"CLOUD_SERVER_URL=school.example"}, "CLOUD_SERVER_URL"},
		"an interval":            {nil, []string{"SYNC_INTERVAL_SECONDS=soon"}, "SYNC_INTERVAL_SECONDS"},
		"a switch":               {nil, []string{"ARISE_EDGE_ALLOW_LEGACY=perhaps"}, "ARISE_EDGE_ALLOW_LEGACY"},
		"a zone":                 {nil, []string{"ARISE_EDGE_ZONE=Moon"}, "ARISE_EDGE_ZONE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), tc.args, tc.env, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want it to name %s", err, tc.says)
			}
		})
	}
}

func TestTheFileBesideTheProgramIsReadAndTheEnvironmentWins(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	code := filepath.Join(dir, "code")
	if err := os.WriteFile(code, []byte("FROM-A-FILE\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := "\ufeff# settings of drive 7\r\n\r\nCLOUD_SERVER_URL=\"https://school.example/\"\r\nexport SYNC_INTERVAL_SECONDS=60\r\nARISE_EDGE_LISTEN=':5001'\r\n"
	if err := os.WriteFile(filepath.Join(dir, envFile), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := configure(dir, []string{"SYNC_INTERVAL_SECONDS=0", "ARISE_DATA=the cloud's", "ARISE_EDGE_CLAIM_FILE=" + code}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if c.Cloud != "https://school.example" || c.Every != 0 || c.Listen != ":5001" || c.Claim != "FROM-A-FILE" || c.Data != filepath.Join(dir, "data") {
		t.Errorf("got %+v", c)
	}
	if err := os.WriteFile(filepath.Join(dir, envFile), []byte("just words\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := configure(dir, nil, io.Discard); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("got %v, want the line that is wrong", err)
	}
}

func TestClaimAndStatusWorkWithoutTheServer(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	cloud.School(t, 1)
	env := []string{"CLOUD_SERVER_URL=" + cloud.URL, "ARISE_EDGE_DATA=" + t.TempDir(), "ARISE_EDGE_LISTEN=127.0.0.1:1"}
	say := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := run(context.WithoutCancel(t.Context()), args, env, &out, io.Discard)
		return out.String(), err
	}
	if _, err := say("claim", "WRONG"); err == nil || !strings.Contains(err.Error(), "refuses") {
		t.Errorf("a wrong code: got %v", err)
	}
	for _, want := range []bool{false, true} {
		out, err := say("status")
		var st pendrive.EdgeStatus
		if err != nil || json.Unmarshal([]byte(out), &st) != nil || st.Paired != want {
			t.Errorf("status: got %q, %v, want paired %t", out, err, want)
		}
		if want {
			break
		}
		if out, err := say("claim", cloudtest.Code); err != nil || !strings.Contains(out, "Room 204") {
			t.Fatalf("claim: got %q, %v", out, err)
		}
	}
	if _, err := say("claim", cloudtest.Code); err == nil || !strings.Contains(err.Error(), "ARISE_EDGE_DATA") {
		t.Errorf("claiming again: got %v, want the way out", err)
	}
	cloud.Close()
	env[1] = "ARISE_EDGE_DATA=" + t.TempDir()
	if _, err := say("claim", cloudtest.Code); err == nil || !strings.Contains(err.Error(), "the code stays good") {
		t.Errorf("without a network: got %v, want the way out", err)
	}
}

func TestTheProgramMayLieElsewhereThanItsDrive(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, envFile), []byte("CLOUD_SERVER_URL=https://school.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := configure(t.TempDir(), []string{"ARISE_EDGE_HOME=" + home}, io.Discard)
	if err != nil || c.Cloud != "https://school.example" || c.Data != filepath.Join(home, "data") {
		t.Errorf("got %+v, %v, want the folder that was named", c, err)
	}
}
