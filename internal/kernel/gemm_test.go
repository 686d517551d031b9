package kernel

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func checkGemm[T Float](t rapid.TB, transA, transB bool, m, n, k int, beta float64, seed uint64, tol float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 7))
	lda, ldb, ldc := k, n, n+int(seed%3)
	rowsA, rowsB := m, k
	if transA {
		lda, rowsA = m, k
	}
	if transB {
		ldb, rowsB = k, n
	}
	lda, ldb = lda+int(seed%2), ldb+int(seed%5)
	a, b := randoms(rng, rowsA*lda), randoms(rng, rowsB*ldb)
	c := randoms(rng, m*ldc)
	want := append([]float64(nil), c...)
	for i := range m {
		for j := range n {
			var s float64
			for p := range k {
				av, bv := 0.0, 0.0
				if transA {
					av = a[p*lda+i]
				} else {
					av = a[i*lda+p]
				}
				if transB {
					bv = b[j*ldb+p]
				} else {
					bv = b[p*ldb+j]
				}
				s += av * bv
			}
			want[i*ldc+j] = s + beta*want[i*ldc+j]
		}
	}
	got := as[T](c)
	if beta == 0 { // the old content must not be read
		nan := filled[T](1)[0]
		for i := range m {
			for j := range n {
				got[i*ldc+j] = nan
			}
		}
	}
	Gemm(transA, transB, m, n, k, as[T](a), lda, as[T](b), ldb, T(beta), got, ldc)
	requireClose(t, "C", got, want, k, tol)
}

func TestGemmMatchesDefinition(t *testing.T) { eachISA(t, gemmMatchesDefinition) }

func gemmMatchesDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, n := rapid.IntRange(1, 130).Draw(t, "m"), rapid.IntRange(1, 130).Draw(t, "n")
		if rapid.IntRange(0, 3).Draw(t, "thin") == 0 {
			m = rapid.IntRange(1, 5).Draw(t, "few")
		}
		k := rapid.SampledFrom([]int{0, 1, 2, 5, 16, 33, 255, 300, 800}).Draw(t, "k")
		transA, transB := rapid.Bool().Draw(t, "transA"), rapid.Bool().Draw(t, "transB")
		beta := rapid.SampledFrom([]float64{0, 1, -0.5}).Draw(t, "beta")
		seed := rapid.Uint64Range(0, 1<<20).Draw(t, "seed")
		checkGemm[float64](t, transA, transB, m, n, k, beta, seed, 1e-12)
		checkGemm[float32](t, transA, transB, m, n, k, beta, seed, 2e-6)
	})
}
