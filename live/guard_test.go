package live

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/graph"
)

func TestStrangersAreRefused(t *testing.T) {
	s, url := page(t, Config{})
	host := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")
	_, port, _ := strings.Cut(host, ":")
	for name, c := range map[string]struct {
		method, host, origin, site, kind, path string
		want                                   int
	}{
		"the page":                    {"GET", host, "", "", "", "/", 200},
		"by the name localhost":       {"GET", "localhost:" + port, "", "none", "", "/", 200},
		"another name":                {"GET", "evil.example:" + port, "", "", "", "/", 421},
		"another port":                {"GET", "127.0.0.1:1", "", "", "", "/", 421},
		"another address":             {"GET", "10.1.2.3:" + port, "", "", "", "/", 421},
		"no name":                     {"GET", "", "", "", "", "/", 421},
		"a button":                    {"POST", host, "http://" + host, "same-origin", "application/json", "/control", 409},
		"a button from elsewhere":     {"POST", host, "https://evil.example", "cross-site", "application/json", "/control", 403},
		"from another port here":      {"POST", host, "http://127.0.0.1:1", "same-site", "application/json", "/control", 403},
		"of no origin":                {"POST", host, "null", "", "application/json", "/control", 403},
		"over https":                  {"POST", host, "https://" + host, "", "application/json", "/control", 403},
		"without origin, cross-site":  {"POST", host, "", "cross-site", "application/json", "/control", 403},
		"without origin, no browser":  {"POST", host, "", "", "application/json", "/control", 409},
		"a form":                      {"POST", host, "", "", "text/plain", "/control", 415},
		"a form's usual type":         {"POST", host, "", "", "application/x-www-form-urlencoded", "/control", 415},
		"the stream for another page": {"GET", host, "", "cross-site", "", "/events", 403},
		"a link from another page":    {"GET", host, "", "cross-site/navigate", "", "/", 200},
		"another method":              {"DELETE", host, "", "", "", "/", 405},
		"what asks before writing":    {"OPTIONS", host, "https://evil.example", "", "", "/control", 403},
		"another file":                {"GET", host, "", "", "", "/static/..%2flive.go", 404},
		"nothing":                     {"GET", host, "", "", "", "/secret", 404},
	} {
		q := httptest.NewRequest(c.method, c.path, strings.NewReader(`{"do":"pause"}`))
		q.Host = c.host
		if c.origin != "" {
			q.Header.Set("Origin", c.origin)
		}
		if c.kind != "" {
			q.Header.Set("Content-Type", c.kind)
		}
		if site, mode, ok := strings.Cut(c.site, "/"); site != "" {
			q.Header.Set("Sec-Fetch-Site", site)
			if ok {
				q.Header.Set("Sec-Fetch-Mode", mode)
				q.Header.Set("Sec-Fetch-Dest", "document")
			}
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, q)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d: %s", name, w.Code, c.want, w.Body)
		}
		if got := w.Header().Get("Content-Security-Policy"); got != policy || strings.Contains(got, "unsafe") {
			t.Errorf("%s: content security policy %q", name, got)
		}
	}
}

// A page that listens beyond the loopback answers to addresses and to the name it
// was given, still not to any name that leads to it.
func TestNamesOfAnOpenPage(t *testing.T) {
	for address, c := range map[string]struct {
		ip    net.IP
		allow []string
		not   []string
	}{
		"0.0.0.0:80":       {net.IPv4zero, []string{"10.1.2.3:80", "127.0.0.1:80", "127.0.0.1", "localhost:80", "[::1]:80"}, []string{"evil.example:80", "10.1.2.3:81", "", ":80"}},
		"box.example:8080": {net.IPv4(10, 0, 0, 1), []string{"box.example:8080", "BOX.example:8080", "10.0.0.1:8080"}, []string{"example:8080", "box.example"}},
		"127.0.0.1:8080":   {net.IPv4(127, 0, 0, 1), []string{"127.0.0.1:8080", "localhost:8080"}, []string{"10.0.0.1:8080", "0.0.0.0:8080", "localhost.evil.example:8080"}},
		"[::1]:8080":       {net.IPv6loopback, []string{"[::1]:8080", "localhost:8080"}, []string{"[::2]:8080"}},
	} {
		_, port, _ := net.SplitHostPort(address)
		n, _ := strconv.Atoi(port)
		h := hostsOf(address, &net.TCPAddr{IP: c.ip, Port: n})
		for _, host := range c.allow {
			if !h.allow(host) {
				t.Errorf("%s refuses %q", address, host)
			}
		}
		for _, host := range c.not {
			if h.allow(host) {
				t.Errorf("%s allows %q", address, host)
			}
		}
		if Beyond(address) == c.ip.IsLoopback() {
			t.Errorf("Beyond(%q) is %v", address, Beyond(address))
		}
	}
}

func TestRequestsAreBounded(t *testing.T) {
	_, url := page(t, Config{})
	for body, want := range map[string]int{
		`{"do":"` + strings.Repeat("x", mostBody) + `"}`: http.StatusRequestEntityTooLarge,
		`{"do":"pause"`:                  http.StatusBadRequest,
		`{"do":"pause"} {"do":"stop"}`:   http.StatusBadRequest,
		`{"do":"pause","and":"more"}`:    http.StatusBadRequest,
		`[]`:                             http.StatusBadRequest,
		`{"do":"pause","steps":-1}`:      http.StatusBadRequest,
		`{"do":"pause","steps":1e99}`:    http.StatusBadRequest,
		`{"do":"pause","steps":1000001}`: http.StatusBadRequest,
	} {
		r, err := http.Post(url+"control", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if r.StatusCode != want {
			t.Errorf("%.40s: %d, want %d: %s", body, r.StatusCode, want, text)
		}
	}
}

// Markup is in files of the page's own: the policy lets nothing else in.
func TestFilesNeedNoExceptions(t *testing.T) {
	list, err := files.ReadDir("static")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		text, err := files.ReadFile("static/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"style=\"", "innerHTML", "onclick=\"", "eval(", "https://", "insertAdjacentHTML", "document.write"} {
			if strings.Contains(string(text), bad) {
				t.Errorf("static/%s contains %q", f.Name(), bad)
			}
		}
	}
	if len(list) < 5 {
		t.Errorf("the page has %d files", len(list))
	}
}

func FuzzRequests(f *testing.F) {
	s := New(Config{Samples: 4})
	s.hosts.name = "here"
	if err := s.Show(Trained{Net: smallNet(), Params: graph.NewParams(1), Data: smallData(f)}); err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	f.Add("POST", "/control", "http://here", "application/json", `{"do":"pause"}`)
	f.Add("POST", "/rate", "", "application/json", `{"factor":2}`)
	f.Add("GET", "/static/app.js", "", "", "")
	f.Add("POST", "/look", "", "application/json", `{"image":0}`)
	f.Add("POST", "/kernel", "", "application/json", `{"image":0,"layer":1,"unit":0,"y":0,"x":0}`)
	f.Add("POST", "/filters", "", "application/json", `{"layer":1}`)
	f.Add("POST", "/look", "http://here", "application/json", `{"pixels":"AAAA"}`)
	f.Add("POST", "/scalpel", "", "application/json", `{"do":"unit","layer":1,"unit":0}`)
	f.Fuzz(func(t *testing.T, method, path, origin, kind, body string) {
		if !strings.HasPrefix(path, "/") || path == "/events" || strings.ContainsAny(method+path, " \r\n\t") || method == "" {
			return
		}
		q, err := http.NewRequest(method, "http://here"+path, strings.NewReader(body))
		if err != nil || q.URL.Path == "/events" {
			return
		}
		q.Host = "here"
		if origin != "" {
			q.Header.Set("Origin", origin)
		}
		q.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, q)
		if w.Code == http.StatusInternalServerError {
			t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		if origin != "" && origin != "http://here" && w.Code == 200 {
			t.Errorf("%s %s from %q: %d", method, path, origin, w.Code)
		}
	})
}
