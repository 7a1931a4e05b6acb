; The 256 entries of the interrupt descriptor table. Each makes the same InterruptFrame (see InterruptFrame.cs): an error code
; where the processor pushes none, the vector, all general registers, and the vector registers that C# may change (xmm0-5).
        bits    64
        default rel
        extern  HostInterruptDispatch

; Vectors at which the processor pushes an error code (AMD APM vol. 2, table 8-1): 8, 10-14, 17, 21, 29, 30. Intel has no 29 and 30.
ERROR_CODES     equ (1 << 8) | (1 << 10) | (1 << 11) | (1 << 12) | (1 << 13) | (1 << 14) | (1 << 17) | (1 << 21) | (1 << 29) | (1 << 30)
ENTRY_SIZE      equ 16
XMM_SIZE        equ 6 * 16

        section .text
        global  InterruptEntries
        align   ENTRY_SIZE
InterruptEntries:
%assign vector 0
%rep 256
        align   ENTRY_SIZE
  %if vector < 32 && ((ERROR_CODES >> vector) & 1)
  %else
        push    0
  %endif
        push    vector
        jmp     near interrupt_common
  %assign vector vector + 1
%endrep

        global  HostInterruptEntries
HostInterruptEntries:
        lea     rax, [InterruptEntries]
        ret

interrupt_common:
        push    rax
        push    rcx
        push    rdx
        push    rbx
        push    rbp
        push    rsi
        push    rdi
        push    r8
        push    r9
        push    r10
        push    r11
        push    r12
        push    r13
        push    r14
        push    r15
        mov     rcx, rsp                ; InterruptFrame*; the processor aligned rsp to 16 before its 5 words, 22 words in all
        sub     rsp, XMM_SIZE + 32
        movaps  [rsp + 32], xmm0
        movaps  [rsp + 48], xmm1
        movaps  [rsp + 64], xmm2
        movaps  [rsp + 80], xmm3
        movaps  [rsp + 96], xmm4
        movaps  [rsp + 112], xmm5
        cld
        call    HostInterruptDispatch
        movaps  xmm0, [rsp + 32]
        movaps  xmm1, [rsp + 48]
        movaps  xmm2, [rsp + 64]
        movaps  xmm3, [rsp + 80]
        movaps  xmm4, [rsp + 96]
        movaps  xmm5, [rsp + 112]
        add     rsp, XMM_SIZE + 32
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     r11
        pop     r10
        pop     r9
        pop     r8
        pop     rdi
        pop     rsi
        pop     rbp
        pop     rbx
        pop     rdx
        pop     rcx
        pop     rax
        add     rsp, 16                 ; vector and error code
        iretq
