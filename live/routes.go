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
	"github.com/stheno-ml/stheno/drawing"
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
	m.HandleFunc("GET /static/drawing.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kinds[".css"])
		_, _ = io.WriteString(w, drawing.Style())
	})
	m.HandleFunc("GET /drawing.svg", s.drawing)
	m.HandleFunc("GET /events", s.stream)
	m.HandleFunc("POST /control", s.control)
	m.HandleFunc("POST /rate", s.rate)
	m.HandleFunc("POST /look", s.look)
	m.HandleFunc("POST /kernel", s.kernel)
	m.HandleFunc("POST /filters", s.filters)
	m.HandleFunc("POST /scalpel", s.operate)
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

// look follows an image through the network.
func (s *Server) look(w http.ResponseWriter, r *http.Request) {
	var q asked
	if read(w, r, &q) {
		ctx := r.Context()
		s.ask(w, r, func(d *desk) (any, error) { return d.follow(ctx, q) })
	}
}

// kernel takes a value of a convolution apart.
func (s *Server) kernel(w http.ResponseWriter, r *http.Request) {
	var q place
	if read(w, r, &q) {
		ctx := r.Context()
		s.ask(w, r, func(d *desk) (any, error) { return d.compute(ctx, q) })
	}
}

// filters shows a convolution's weights.
func (s *Server) filters(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Layer int `json:"layer"`
	}
	if read(w, r, &q) {
		s.ask(w, r, func(d *desk) (any, error) { return d.filters(q.Layer) })
	}
}

// mostCuts are more than anybody makes by hand.
const mostCuts = 256

// operate takes something out of the copy of the network, or puts all back.
func (s *Server) operate(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Do    string `json:"do"`
		Layer int    `json:"layer"`
		Unit  int    `json:"unit"`
	}
	if !read(w, r, &q) {
		return
	}
	s.mu.Lock()
	rests := s.state.State == Paused || s.host != nil
	s.mu.Unlock()
	if !rests {
		refuse(w, http.StatusConflict, "pause the training first")
		return
	}
	ctx := r.Context()
	s.ask(w, r, func(d *desk) (any, error) {
		var cuts []cut
		s.mu.Lock()
		if s.scalpel != nil && q.Do != "restore" {
			cuts = append(cuts, s.scalpel.Cuts...)
		}
		s.mu.Unlock()
		if q.Do != "restore" {
			cuts = append(cuts, cut{Layer: q.Layer, Do: q.Do, Unit: q.Unit})
		}
		if len(cuts) > mostCuts {
			return nil, errors.New("restore the network first")
		}
		o, err := d.operate(ctx, cuts)
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		s.scalpel = o
		s.version++
		s.wake()
		s.mu.Unlock()
		return o, nil
	})
}
