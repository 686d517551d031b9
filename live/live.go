package live

import (
	"html"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/trainer"
)

// Config says what a page shows. The zero value works.
type Config struct {
	Title         string                // of the page: the network's name
	Normalization imaging.Normalization // of the images' pixels, to show them and to prepare drawn digits
	Folder        string                // of the run, to say how to go on; empty: none
	Samples       int                   // images that are looked at again and again; 0 means 16, at most 64
	// Share is the most of training's time that looking into the network may take
	// while somebody watches; 0 means 0.01, at most 0.5.
	Share float64
	// Changes are those of the run before it was stopped, to be shown.
	Changes []Change
	// Changed is called, on training's goroutine, for what a viewer changed; an
	// error ends the run. nil: nobody is told.
	Changed func(Change) error
}

// Change is something that a viewer changed about a run.
type Change struct {
	Step int       `json:"step"` // the first that it acts on
	What string    `json:"what"` // "lr_factor"
	From float64   `json:"from"`
	To   float64   `json:"to"`
	Time time.Time `json:"time"`
}

// State says what the network on the page does.
type State string

// The states of a page.
const (
	Waiting  State = "waiting"  // for training to begin
	Running  State = "running"  //
	Paused   State = "paused"   // until somebody goes on
	Stopped  State = "stopped"  // by a viewer, or otherwise before its end
	Finished State = "finished" // trained
)

// Server is a page. It shows one run, then perhaps what came of it.
type Server struct {
	cfg    Config
	handle http.Handler
	http   *http.Server
	hosts  hosts

	viewers atomic.Int32 // that have the stream open
	orders  orders       // of viewers to the loop
	jobs    chan *job    // for who has the network in hand

	mu       sync.Mutex // held for copying only, never while writing to a viewer
	watchers map[*watcher]bool
	version  int // of what a hello tells: another network, a new state
	meta     *meta
	art      *art
	state    state
	curve    series
	epochs   []trainer.Epoch
	frame    *frame
	frames   int // made so far
	past     columns
	changes  []Change
	host     *host // after training
	scalpel  *operations
}

// state is what the page's head shows.
type state struct {
	State  State  `json:"state"`
	Error  string `json:"error,omitempty"`
	Epoch  int    `json:"epoch"`
	Epochs int    `json:"epochs"`
	Step   int    `json:"step"`
	Steps  int    `json:"steps"`
	Total  int    `json:"total"`
	LR     number `json:"lr"`
	Factor number `json:"factor"`
	Rate   number `json:"rate"` // images a second
	Wait   number `json:"wait"` // share of the time spent waiting for data
	Folder string `json:"folder,omitempty"`
	Left   number `json:"left"` // seconds to the end
}

// New makes a page.
func New(cfg Config) *Server {
	if cfg.Samples <= 0 {
		cfg.Samples = 16
	}
	cfg.Samples = min(cfg.Samples, 64)
	if !(cfg.Share > 0) {
		cfg.Share = 0.01
	}
	cfg.Share = min(cfg.Share, 0.5)
	s := &Server{cfg: cfg, jobs: make(chan *job, 8), watchers: map[*watcher]bool{}, changes: append([]Change(nil), cfg.Changes...),
		state: state{State: Waiting, Factor: 1, Folder: cfg.Folder}}
	s.orders.news = make(chan struct{}, 1)
	s.handle = s.routes()
	return s
}

// Listen begins to serve the page at an address such as 127.0.0.1:8080, where
// port 0 is any free one, and returns the page's URL.
func (s *Server) Listen(address string) (string, error) {
	if s.http != nil {
		return "", errors.New("live: the page is served already")
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", errors.Wrap(err, "live")
	}
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		_ = l.Close()
		return "", errors.Errorf("live: %s is no TCP address", l.Addr())
	}
	s.hosts = hostsOf(address, at)
	s.http = &http.Server{
		Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute,
		WriteTimeout:   30 * time.Second, // the stream has one of its own
		MaxHeaderBytes: 16 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() { _ = s.http.Serve(&limited{Listener: l, free: make(chan struct{}, mostConnections)}) }()
	return s.URL(), nil
}

// URL is the page's address, empty before Listen.
func (s *Server) URL() string {
	if s.hosts.shown == "" {
		return ""
	}
	return "http://" + s.hosts.shown + "/"
}

// HTML is a link to the page, for notebooks.
func (s *Server) HTML() string {
	u := html.EscapeString(s.URL())
	if u == "" {
		return "<p>The live page is not served yet: call Listen.</p>"
	}
	return `<p><a href="` + u + `" target="_blank" rel="noopener">` + u + `</a></p>`
}

// ServeHTTP answers requests: for who serves the page himself. Only Host headers
// of this machine's own names are accepted.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.guard(w, r) }

// Viewers is the number of open pages.
func (s *Server) Viewers() int { return int(s.viewers.Load()) }

// Close ends the page: viewers are cut off.
func (s *Server) Close() error {
	s.mu.Lock()
	h := s.host
	s.host = nil
	s.mu.Unlock()
	if h != nil {
		h.close()
	}
	if s.http == nil {
		return nil
	}
	return errors.Wrap(s.http.Close(), "live")
}
