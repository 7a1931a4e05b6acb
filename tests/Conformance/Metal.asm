; What the conformance image needs besides the corelib and src/Boot's EfiEntry.asm.

        default rel
        bits 64

COM1            equ 0x3F8
LINE_STATUS     equ COM1 + 5
THR_EMPTY       equ 1 << 5
DEBUG_EXIT      equ 0xF4                ; QEMU's isa-debug-exit
SUCCESS         equ 0x10
MEMORY_SIZE     equ 16 << 20
IDT_SIZE        equ 256 * 16
DIVIDE_BY_ZERO  equ 4                   ; Internal.Runtime.FaultReason
NO_FAULT        equ -1

        section .zbss bss align=4096
memory:         resb MEMORY_SIZE
idt:            resb IDT_SIZE
idtRegister:    resb 10
; Where ConformanceCatch goes back to.
savedStack:     resq 1

        section .text

        global  ConformanceOut
; cl = a byte for COM1
ConformanceOut:
        mov     edx, LINE_STATUS
.wait:  in      al, dx
        test    al, THR_EMPTY
        jz      .wait
        mov     edx, COM1
        mov     eax, ecx
        out     dx, al
        ret

        global  ConformanceExit
ConformanceExit:
        mov     edx, DEBUG_EXIT
        mov     eax, SUCCESS
        out     dx, al
        hlt
        jmp     ConformanceExit

        global  ConformanceMemory
; rax = size, [rcx] = address
ConformanceMemory:
        lea     rax, [memory]
        mov     [rcx], rax
        mov     eax, MEMORY_SIZE
        ret

        global  ConformanceCatchDivisions
; Firmware's interrupt table with a #DE of ours; other interrupts stay off.
ConformanceCatchDivisions:
        cli
        push    rsi
        push    rdi
        sidt    [idtRegister]
        mov     rsi, [idtRegister + 2]
        lea     rdi, [idt]
        mov     ecx, IDT_SIZE / 8
        rep movsq
        lea     rax, [divideError]
        mov     [idt], ax               ; the selector and the type stay firmware's
        shr     rax, 16
        mov     [idt + 6], ax
        shr     rax, 16
        mov     [idt + 8], eax
        lea     rax, [idt]
        mov     [idtRegister + 2], rax
        mov     word [idtRegister], IDT_SIZE - 1
        lidt    [idtRegister]
        pop     rdi
        pop     rsi
        ret

divideError:
        mov     ecx, DIVIDE_BY_ZERO
        jmp     ConformanceCatch

        global  ConformanceTry
; eax = what ended the code at rcx, NO_FAULT if it came to its end
ConformanceTry:
        push    rbx
        push    rbp
        push    rsi
        push    rdi
        push    r12
        push    r13
        push    r14
        push    r15
        sub     rsp, 40                 ; shadow space, and alignment
        mov     [savedStack], rsp
        call    rcx
        mov     eax, NO_FAULT
leave_try:
        add     rsp, 40
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rdi
        pop     rsi
        pop     rbp
        pop     rbx
        ret

        global  ConformanceCatch
; Goes back to the caller of the last ConformanceTry with ecx; does not return.
ConformanceCatch:
        mov     rsp, [savedStack]
        mov     eax, ecx
        jmp     leave_try
