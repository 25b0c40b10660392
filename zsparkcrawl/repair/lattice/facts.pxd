cimport cython

from zsparkcrawl.chinese.grams cimport Grams
from zsparkcrawl.chinese.slots cimport Slots

cdef int _FAR, _MOST_FORMS, _LISTS, _COSTS


cdef class Facts:
    cdef readonly object source
    cdef const unsigned int[::1] plain
    cdef int[::1] own_number
    cdef int[::1] number
    cdef double[::1] oddity
    cdef double[::1] wrong
    cdef signed char[::1] kinds
    cdef const unsigned short[::1] gbk
    cdef const unsigned short[::1] characters
    cdef const signed char[::1] gappy
    cdef int[::1] likely
    cdef int[::1] likely_number
    cdef int[::1] likely_plain
    cdef double[::1] likely_against
    cdef int[::1] likely_at
    cdef int[::1] likely_end
    cdef int _likely_used, _behind_used
    cdef Slots _behind
    cdef int[::1] _behind_at
    cdef short[::1] behind
    cdef int[::1] written
    cdef signed char[::1] written_count

    @cython.locals(number=cython.int)
    cpdef int number_of(self, int code) except -2
    cpdef int plain_far(self, int code) except -1
    @cython.locals(number=cython.int)
    cpdef int ask(self, int code) except -2
    cdef inline bint is_kind(self, int code, int kind) noexcept
    cdef inline bint gap(self, int lead, int trail) noexcept
    cdef inline bint may_vanish(self, int code) noexcept
    @cython.locals(code=cython.int, place=cython.int)
    cpdef int ask_likely(self, int which) except -1
    @cython.locals(
        key=cython.longlong, slot=cython.int, begin=cython.int, end=cython.int, at=cython.int, place=cython.int
    )
    cpdef int behind_at(self, long long which, long long second, Grams grams) except -1
    @cython.locals(count=cython.int, place=cython.int)
    cpdef int ask_written(self, int number) except -2
    @cython.locals(number=cython.int)
    cdef int _ask_number(self, int code) except -2
    @cython.locals(number=cython.int)
    cdef int _ask(self, int code) except -2
