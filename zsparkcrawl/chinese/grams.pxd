cimport cython

cdef int _ZERO


cdef class Grams:
    cdef const unsigned char[::1] following
    cdef const unsigned char[::1] backoff
    cdef const unsigned int[::1] first
    cdef const unsigned short[::1] second
    cdef const unsigned char[::1] pair_cost
    cdef const unsigned char[::1] pair_backoff
    cdef const unsigned int[::1] begin
    cdef const unsigned short[::1] third
    cdef const unsigned char[::1] triple_cost
    cdef readonly int size
    cdef int[::1] _order
    cdef int[::1] _sorted
    cdef signed char[::1] _is_sorted
    cdef int[::1] _starts
    cdef readonly int less, ranked_cost
    cdef int _low, _end, _next_pair, _end_pair, _next_triple

    @cython.locals(low=cython.int, end=cython.int, high=cython.int, middle=cython.int)
    cpdef int pair(self, int first, int second) noexcept
    @cython.locals(less=cython.int, pair=cython.int, low=cython.int, end=cython.int, known=cython.int)
    cpdef int eighths(self, int first, int second, int third) noexcept
    @cython.locals(
        eighths=cython.longlong, first=cython.int, second=cython.int, third=cython.int, place=cython.Py_ssize_t
    )
    cpdef long long total(self, list numbers, int known, int start) except? -1
    @cython.locals(pair=cython.int)
    cpdef int behind_one(self, int second, int third) noexcept
    @cython.locals(pair=cython.int)
    cpdef int stand_behind(self, int first, int second) except -1
    cpdef int triple_here(self, int third) noexcept
    @cython.locals(high=cython.int, middle=cython.int)
    cdef inline int _triple(self, int third, int low, int end) noexcept
    @cython.locals(begin=cython.int, pair=cython.int)
    cpdef int rank(self, int first, int second) except -1
    @cython.locals(pair=cython.int, triple=cython.int)
    cpdef int next_ranked(self) noexcept
    @cython.locals(starts="int[::1]", cost=cython.int, one=cython.int)
    cdef int _sort(
        self, const unsigned char[::1] costs, int begin, int end, int[::1] into, int place
    ) noexcept
