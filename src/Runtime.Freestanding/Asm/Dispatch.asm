; Interface calls: see System.Runtime.InitialInterfaceDispatch and DispatchCache.

        default rel
        bits 64

CACHE_SLOTS     equ 256                 ; a power of 2; DispatchCache.Add computes the same hash
CACHE_LINES     equ 1024
LINE_TYPE       equ 0                   ; DispatchCacheLine
LINE_CELL       equ 8
LINE_TARGET     equ 16
LINE_SIZE       equ 24

        extern  InterfaceDispatchResolve

        section .zbss bss align=4096
dispatchTable:  resq CACHE_SLOTS
dispatchLines:  resb CACHE_LINES * LINE_SIZE
dispatchUsed:   resd 1

        section .text

        global  RhpInitialDynamicInterfaceDispatch
; The call's arguments are in place (rcx = this), r11 = cell. A null reference faults here, at page 0.
RhpInitialDynamicInterfaceDispatch:
        mov     rax, [rcx]              ; method table
        mov     r10, rax
        shr     r10, 3
        push    r11
        shr     r11, 4
        xor     r10, r11
        pop     r11
        and     r10d, CACHE_SLOTS - 1
        push    rdx
        lea     rdx, [dispatchTable]
        mov     r10, [rdx + r10 * 8]
        pop     rdx
        test    r10, r10
        jz      .resolve
        cmp     [r10 + LINE_TYPE], rax
        jne     .resolve
        cmp     [r10 + LINE_CELL], r11
        jne     .resolve
        jmp     [r10 + LINE_TARGET]
.resolve:
        push    rcx
        push    rdx
        push    r8
        push    r9
        sub     rsp, 40                 ; shadow space, and the stack's alignment
        mov     rdx, r11
        call    InterfaceDispatchResolve
        add     rsp, 40
        pop     r9
        pop     r8
        pop     rdx
        pop     rcx
        jmp     rax

        global  DispatchCacheTakeLine
; rax = a line that no other CPU gets, 0 when there are no more
DispatchCacheTakeLine:
        mov     eax, 1
        lock xadd [dispatchUsed], eax
        cmp     eax, CACHE_LINES
        jae     .none
        imul    eax, eax, LINE_SIZE
        lea     rcx, [dispatchLines]
        add     rax, rcx
        ret
.none:  mov     dword [dispatchUsed], CACHE_LINES
        xor     eax, eax
        ret

        global  DispatchCacheTable
DispatchCacheTable:
        lea     rax, [dispatchTable]
        ret
