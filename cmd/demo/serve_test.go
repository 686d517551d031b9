package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stheno-ml/stheno/live"
)

// pageOf starts a command that serves a page and returns the page's address.
func pageOf(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := process(t, os.Args[0], args...)
	c.Dir = dir
	out, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "live page: "); ok {
			return url
		}
		t.Log(lines.Text())
	}
	t.Fatal("no page was announced")
	return ""
}

// ask posts JSON until the page says something else than that it is too early.
func ask(t *testing.T, url, body string) map[string]any {
	t.Helper()
	for {
		r, err := http.Post(url, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		a := map[string]any{}
		err = json.NewDecoder(r.Body).Decode(&a)
		r.Body.Close()
		switch {
		case err != nil:
			t.Fatal(err)
		case r.StatusCode == http.StatusOK:
			return a
		case r.StatusCode != http.StatusConflict:
			t.Fatal(r.Status, a)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// A run that is stopped on its page is kept, says what was changed, and is shown by
// 'demo live' afterwards.
func TestServeAndLive(t *testing.T) {
	dir := t.TempDir()
	url := pageOf(t, dir, "train", "--limit", "200", "--epochs", "100000", "--out", "run", "-q", "--serve=127.0.0.1:0")
	ask(t, url+"rate", `{"factor":0.5}`)
	for { // until there is a tested epoch
		if _, err := os.Stat(filepath.Join(dir, "run", "best.safetensors")); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	ask(t, url+"control", `{"do":"stop"}`)
	for { // the last that is written
		if _, err := os.Stat(filepath.Join(dir, "run", "report.html")); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	text, err := os.ReadFile(filepath.Join(dir, "run", changesFile))
	if err != nil {
		t.Fatal(err)
	}
	var ch live.Change
	if err := json.Unmarshal(bytes.TrimSpace(text), &ch); err != nil || ch.What != "lr_factor" || ch.From != 1 || ch.To != 0.5 {
		t.Errorf("%s: %+v, %v", text, ch, err)
	}
	if list, err := changesOf(filepath.Join(dir, "run")); err != nil || len(list) != 1 || list[0] != ch {
		t.Errorf("changes %+v, %v", list, err)
	}
	again := process(t, os.Args[0], "reproduce", "run", "--epochs", "1")
	again.Dir = dir
	if text, err := again.CombinedOutput(); err == nil || !strings.Contains(string(text), "was changed by hand") {
		t.Errorf("reproduce says %q, %v", text, err)
	}
	url = pageOf(t, dir, "live", "run", "--serve", "127.0.0.1:0")
	if a := ask(t, url+"scalpel", `{"do":"unit","layer":0,"unit":1}`); a["images"] == 0.0 {
		t.Errorf("the scalpel says %v", a)
	}
}
