cimport cython

from zsparkcrawl.chinese.grams cimport Grams
from zsparkcrawl.chinese.slots cimport Slots
from zsparkcrawl.repair.lattice.bits cimport Bits
from zsparkcrawl.repair.lattice.facts cimport Facts

cdef int _UNKNOWN, _FORMS, _FIRST, _ROOM, _KEPT


cdef class Guesses:
    cdef readonly Bits costs
    cdef readonly Facts facts
    cdef object _before
    cdef int _most, _most_unknown
    cdef double _far
    cdef list _thirds
    cdef Slots _slots
    cdef int _used, _room, _char_room
    cdef readonly int[::1] begin
    cdef readonly int[::1] end
    cdef readonly int[::1] char
    cdef readonly double[::1] bits
    cdef int[::1] _found
    cdef double[::1] _found_bits

    cpdef int trim(self) except -1
    @cython.locals(key=cython.longlong, number=cython.int)
    cpdef int of(self, long long which, long long first, long long second) except -1
    @cython.locals(key=cython.longlong, number=cython.int)
    cpdef int unknown(self, int trail, long long first, long long second, long long third) except -1
    cpdef int third_of(self, tuple chars) except -1
    @cython.locals(
        facts=Facts, costs=Bits, found="int[::1]", found_bits="double[::1]", count=cython.int, least=cython.double,
        place=cython.int, code=cython.int, bits=cython.double, at=cython.int, behind=cython.int,
        number=cython.int, plain=cython.int,
    )
    cdef int _fill(self, int which, int first, int second) except -1
    @cython.locals(
        facts=Facts, costs=Bits, grams=Grams, seen=cython.int, number=cython.int, form=cython.int, code=cython.int
    )
    cdef int _fill_unknown(self, int trail, int first, int second) except -1
    @cython.locals(grams=Grams, eighths=cython.int)
    cdef int _add_unknown(self, int code, int number) except -1
    @cython.locals(code=cython.int, eighths=cython.int)
    cdef int _fill_before(self, int trail, int third, int begin) except -1
    @cython.locals(place=cython.int)
    cdef bint _has(self, int code, int begin) noexcept
    @cython.locals(number=cython.int)
    cdef int _begin(self, long long key) except -1
    cdef int _add(self, int code, double bits) except -1
