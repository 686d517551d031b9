// Package size multiplies sizes that come from users and files without
// overflowing, and refuses what the machine's memory can't hold before anything
// is allocated.
package size

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// Product multiplies sizes. It refuses a negative size and a product that is no
// int: "1000000 x 10000000 x 9000000 is more than a computer can count".
func Product(sizes ...int) (int, error) {
	product := uint64(1)
	zero, over := false, false
	for _, s := range sizes {
		if s < 0 {
			return 0, errors.Errorf("size %d in %s is negative", s, text(sizes))
		}
		zero = zero || s == 0
		hi, lo := bits.Mul64(product, uint64(s))
		over = over || hi != 0 || lo > math.MaxInt
		product = lo
	}
	switch {
	case zero:
		return 0, nil
	case over:
		return 0, errors.Errorf("%s elements are more than a computer can count", text(sizes))
	}
	return int(product), nil
}

// Add adds sizes that are not negative and refuses a sum that is no int.
func Add(sizes ...int) (int, error) {
	sum := 0
	for _, s := range sizes {
		if s < 0 {
			return 0, errors.Errorf("size %d is negative", s)
		}
		if sum > math.MaxInt-s {
			return 0, errors.Errorf("%v add up to more than a computer can count", sizes)
		}
		sum += s
	}
	return sum, nil
}

// Fit refuses what needs more memory than the machine has: elements of so many
// bytes each.
//
//	conv1.weight: needs 7.0 TiB, this machine has 23.4 GiB
func Fit(what string, elements, width int) error {
	if elements < 0 || width < 0 {
		return errors.Errorf("%s: %d elements of %d bytes: negative size", what, elements, width)
	}
	limit := Memory()
	hi, need := bits.Mul64(uint64(elements), uint64(width))
	if hi == 0 && need <= uint64(limit) {
		return nil
	}
	amount := float64(elements) * float64(width)
	return errors.Errorf("%s: needs %s, this machine has %s", what, Text(amount), Text(float64(limit)))
}

// FitShape is Fit for a tensor: it multiplies the sizes first.
func FitShape(what string, shape []int, width int) error {
	n, err := Product(shape...)
	if err != nil {
		return errors.WithMessage(err, what)
	}
	return Fit(what, n, width)
}

// Text writes an amount of memory: "512 B", "7.0 TiB", "23.4 GiB".
func Text(bytes float64) string {
	const unit = 1024
	names := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"}
	i := 0
	for bytes >= unit && i < len(names)-1 {
		bytes /= unit
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%.0f B", bytes)
	}
	return fmt.Sprintf("%.1f %s", bytes, names[i])
}

func text(sizes []int) string {
	s := ""
	for i, n := range sizes {
		if i > 0 {
			s += " x "
		}
		s += fmt.Sprint(n)
	}
	return s
}

// ImageText writes a shape without its batch dimension the usual way: 64x56x56.
func ImageText(shape []int) string {
	if len(shape) < 2 {
		return ""
	}
	parts := make([]string, 0, len(shape)-1)
	for _, d := range shape[1:] {
		parts = append(parts, strconv.Itoa(d))
	}
	return strings.Join(parts, "x")
}
