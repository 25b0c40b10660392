cimport cython
from libc cimport math

from zsparkcrawl.chinese.grams cimport Grams
from zsparkcrawl.chinese.runs cimport Runs
from zsparkcrawl.repair.lattice.facts cimport Facts

cdef int _LEAST, _NEVER, _PAUSE
cdef double _OWN_CHARACTERS, _OWN_PAIRS, _SEEN_PAIRS, _OWN_TRIPLES, _SEEN_TRIPLES


cdef class Bits:
    cdef readonly Facts facts
    cdef readonly Grams grams
    cdef readonly Runs runs
    cdef int length
    cdef const double[::1] powers
    cdef double against_bare, two_pauses
    cdef signed char[::1] is_bare
    cdef int[::1] ones
    cdef readonly int start
    cdef readonly int first_number
    cdef readonly int second_number
    cdef int _first, _second, _own, _own_pairs
    cdef readonly bint is_pause

    cpdef double bare(self, int code) except? -1e300
    cpdef double of(self, int code, int first, int second) except? -1e300
    @cython.locals(number=cython.int, eighths=cython.int)
    cdef double _alone(self, int code, int first, int second) except? -1e300
    @cython.locals(facts=Facts)
    cdef inline double _pauses(self, int code, int first, int second) noexcept
    @cython.locals(first=cython.int, second=cython.int, bits=cython.double, code=cython.int)
    cpdef tuple text(self, str added, str context)
    @cython.locals(runs=Runs)
    cpdef int stand_behind(self, int first, int second) except -1
    @cython.locals(
        known=cython.int, times=cython.int, pairs=cython.double, triples=cython.double, own=cython.double
    )
    cpdef double here(self, int number, int plain, double against, int eighths) except? -1e300
    @cython.locals(facts=Facts, bits=cython.double)
    cpdef double here_by_code(self, int code, int eighths) except? -1e300
    @cython.locals(bits=cython.double)
    cpdef double against(self, int code) noexcept
    @cython.locals(facts=Facts, plain=cython.int, eighths=cython.int, oddity=cython.double, wrong=cython.double)
    cdef double _far(self, int code, int first, int second) except? -1e300
    cdef inline int _number(self, int code) except -2
    cdef inline int _number_or_start(self, int code) except -2
    @cython.locals(times=cython.int, own=cython.int, pairs=cython.double, triples=cython.double)
    cdef double _shared(self, int eighths, int plain, int first, int second) except? -1e300
    @cython.locals(times=cython.int)
    cdef inline double _pairs(self, int plain, int second, int own) noexcept
    @cython.locals(times=cython.int)
    cdef inline double _triples(self, int plain, int first, int second, int own) noexcept
