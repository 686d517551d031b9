package live

import (
	"embed"
	"encoding/json"
	"io"
	"io/fs"
	"math"
	"net/http"
	"path"
	"strings"

	"github.com/pkg/errors"
)

//go:embed static
var files embed.FS

var kinds = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

func (s *Server) routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { file(w, "index.html") })
	m.HandleFunc("GET /static/{name}", func(w http.ResponseWriter, r *http.Request) { file(w, r.PathValue("name")) })
	m.HandleFunc("GET /events", s.stream)
	m.HandleFunc("POST /control", s.control)
	m.HandleFunc("POST /rate", s.rate)
	m.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { refuse(w, http.StatusNotFound, "there is nothing here") })
	return m
}

// file writes one of the page's files.
func file(w http.ResponseWriter, name string) {
	text, err := fs.ReadFile(files, path.Join("static", path.Base(name)))
	kind := kinds[path.Ext(name)]
	if err != nil || kind == "" {
		refuse(w, http.StatusNotFound, "there is nothing here")
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(text)
}

// read decodes a request's body into v, strictly, and answers what is wrong
// itself.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("there is something behind the object")
		}
	}
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return true
	case errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, "the request is too large")
	default:
		refuse(w, http.StatusBadRequest, "the request is not understood: "+strings.TrimPrefix(err.Error(), "json: "))
	}
	return false
}

// control presses a button.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Do    string `json:"do"`
		Steps int    `json:"steps"`
	}
	if !read(w, r, &q) {
		return
	}
	if q.Steps == 0 {
		q.Steps = 1
	}
	s.mu.Lock()
	now := s.state.State
	s.mu.Unlock()
	switch {
	case q.Steps < 1 || q.Steps > 1_000_000:
		refuse(w, http.StatusBadRequest, "steps: want 1 to 1000000")
	case now != Running && now != Paused:
		refuse(w, http.StatusConflict, "no training is under way")
	case !s.orders.do(q.Do, q.Steps):
		refuse(w, http.StatusBadRequest, "want pause, resume, step or stop")
	default:
		answer(w, http.StatusOK, struct{}{})
	}
}

// rate changes the learning rate.
func (s *Server) rate(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Factor float64 `json:"factor"`
	}
	if !read(w, r, &q) {
		return
	}
	s.mu.Lock()
	now := s.state.State
	s.mu.Unlock()
	switch {
	case !(q.Factor >= 1e-6) || math.IsInf(q.Factor, 0) || q.Factor > 1e6:
		refuse(w, http.StatusBadRequest, "factor: want 0.000001 to 1000000")
	case now != Running && now != Paused:
		refuse(w, http.StatusConflict, "no training is under way")
	default:
		s.orders.setFactor(q.Factor)
		answer(w, http.StatusOK, struct{}{})
	}
}
