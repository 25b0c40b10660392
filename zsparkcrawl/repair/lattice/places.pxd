cimport cython

from zsparkcrawl.chinese.grams cimport Grams
from zsparkcrawl.repair.lattice.facts cimport Facts

cdef int _LOSS, _OPENING, _CLOSING, _LINE_END, _BRACKET, _WIDE_BRACKET, _QUESTION, _LOST, _BACK, _AHEAD, _NONE


cdef class Places:
    cdef readonly str text
    cdef readonly Facts facts
    cdef readonly Grams grams
    cdef readonly int length
    cdef const unsigned int[::1] codes
    cdef bint narrowed
    cdef unsigned char[::1] _marks
    cdef signed char[::1] hopeless
    cdef int[::1] _plain
    cdef int[::1] _numbers
    cdef int _line_end
    cdef int[::1] _ends
    cdef signed char[::1] _own
    cdef dict _readings

    cpdef int mark(self, int place) noexcept
    cdef inline int mark_of(self, int code) noexcept
    cdef inline bint is_loss(self, int place) noexcept
    cdef inline bint is_narrowed(self, int place) noexcept
    cdef inline bint swallows(self, int place) noexcept
    @cython.locals(code=cython.int, end=cython.int)
    cpdef int annotation(self, int place) except -1
    @cython.locals(end=cython.int)
    cpdef int own_annotation(self, int place) except -1
    @cython.locals(code=cython.int, end=cython.int)
    cpdef int straddle(self, int place) except -1
    cpdef str reading(self, int place)
    cpdef bint reads(self, int code, int place) except -1
    @cython.locals(first=cython.int, second=cython.int)
    cpdef double bits(self, int place) noexcept
    @cython.locals(
        one=cython.int, two=cython.int, three=cython.int, eighths=cython.int, place=cython.int, skip=cython.int,
        is_start=cython.bint,
    )
    cpdef double bits_behind(self, int start, int end, int first, int second) except? -1e300
    @cython.locals(place=cython.int, code=cython.int)
    cpdef bint is_open(self, int start, int end, bint is_open) noexcept
    @cython.locals(first=cython.int, second=cython.int, at=cython.int, skip=cython.int)
    cpdef tuple context(self, int place)
    @cython.locals(end=cython.int)
    cpdef int horizon(self, int place) except -1
    @cython.locals(eighths=cython.int, first=cython.int, second=cython.int, place=cython.int)
    cpdef double per_character(self, int start, int end) noexcept
    @cython.locals(facts=Facts, place=cython.int, code=cython.int, plain=cython.int)
    cdef int _count(self) except -1
    cdef int _look(self, int place) except -2
