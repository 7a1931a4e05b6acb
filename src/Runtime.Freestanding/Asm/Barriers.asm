; Stores of references, as the compiler calls them. The release image's are plain stores: nothing collects, nothing moves.
; A debug image's check (refuse a store whose target's arena dies before the object that is written to) belongs here, and in
; Buffer.BulkMoveWithWriteBarrier.

        bits 64
        section .text

        global  RhpAssignRef
        global  RhpCheckedAssignRef
; void RhpAssignRef(rcx = where, rdx = reference)
RhpAssignRef:
RhpCheckedAssignRef:
        mov     [rcx], rdx
        ret

        global  RhpByRefAssignRef
; Copies one reference from [rsi] to [rdi] and moves both on; spoils rcx only.
RhpByRefAssignRef:
        mov     rcx, [rsi]
        mov     [rdi], rcx
        add     rdi, 8
        add     rsi, 8
        ret
