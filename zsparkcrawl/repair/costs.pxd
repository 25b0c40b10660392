from zsparkcrawl.repair.lattice.bits cimport Bits


cdef class Costs:
    cdef bint _turned
    cdef object _annotated
    cdef readonly double orphan_gone
    cdef readonly double pair_gone
    cdef Bits _bits
    cdef dict _known
    cdef dict _guesses

    cpdef tuple of(self, str added, str context)
    cpdef list guesses(self, tuple chars, str context)
