package live

import (
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	mostConnections = 64
	mostStreams     = 16
	mostBody        = 64 << 10
)

// policy forbids the page everything but its own files: no inline script or
// style, no frame, no other server.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// hosts are the names by which the page may be asked for. A page elsewhere whose
// name was made to lead here (DNS rebinding) has another.
type hosts struct {
	shown string // host and port
	port  string
	open  bool // listens beyond the loopback: any address of this machine will do
	name  string
}

func hostsOf(address string, at *net.TCPAddr) hosts {
	h := hosts{port: strconv.Itoa(at.Port)}
	host, _, err := net.SplitHostPort(address)
	if err == nil && net.ParseIP(host) == nil {
		h.name = strings.ToLower(host)
	}
	h.open = !at.IP.IsLoopback()
	shown := at.IP.String()
	if at.IP.IsUnspecified() {
		shown = "127.0.0.1"
		if name, err := os.Hostname(); err == nil && h.name == "" {
			h.name = strings.ToLower(name)
		}
	}
	h.shown = net.JoinHostPort(shown, h.port)
	return h
}

// Beyond tells whether a page at that address can be reached from other machines.
func Beyond(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil || strings.EqualFold(host, "localhost") {
		return false
	}
	ip := net.ParseIP(host)
	return ip == nil || !ip.IsLoopback()
}

// allow tells whether a Host header is one of this machine's.
func (h hosts) allow(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.Trim(host, "[]"), "80"
	}
	if h.port != "" && port != h.port {
		return false
	}
	name = strings.ToLower(name)
	ip := net.ParseIP(name)
	switch {
	case ip != nil:
		return ip.IsLoopback() || h.open
	case name == "":
		return false
	}
	return name == "localhost" || name == h.name
}

// guard refuses requests of strangers before anything looks at them.
func (s *Server) guard(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Security-Policy", policy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Frame-Options", "DENY")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	head.Set("Cache-Control", "no-store")
	switch {
	case !s.hosts.allow(r.Host):
		refuse(w, http.StatusMisdirectedRequest, "this page is not known by that name")
		return
	case !sameOrigin(r):
		refuse(w, http.StatusForbidden, "requests from other pages are not accepted")
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodPost:
		// A form of another page could not say so without being asked first.
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			refuse(w, http.StatusUnsupportedMediaType, "want application/json")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
	default:
		head.Set("Allow", "GET, HEAD, POST")
		refuse(w, http.StatusMethodNotAllowed, "want GET or POST")
		return
	}
	s.handle.ServeHTTP(w, r)
}

// sameOrigin tells whether no other page made a browser send the request.
func sameOrigin(r *http.Request) bool {
	if origins, there := r.Header["Origin"]; there {
		u, err := url.Parse(r.Header.Get("Origin"))
		return err == nil && len(origins) == 1 && u.Scheme == "http" && strings.EqualFold(u.Host, r.Host)
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin":
		return true
	case "none": // typed, or a bookmark
		return r.Method != http.MethodPost
	}
	// A link on another page may lead here, and show the page whole.
	return r.Method != http.MethodPost && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

func refuse(w http.ResponseWriter, status int, why string) {
	answer(w, status, map[string]string{"error": why})
}

// limited accepts so many connections at once; others wait.
type limited struct {
	net.Listener
	free chan struct{}
}

func (l *limited) Accept() (net.Conn, error) {
	l.free <- struct{}{}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &counted{Conn: c, done: l.free}, nil
}

// counted gives its place up once when it is closed.
type counted struct {
	net.Conn
	done chan struct{}
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { <-c.done })
	return c.Conn.Close()
}

// writeLimit is how long a viewer may leave a message in the pipe.
const writeLimit = 10 * time.Second
