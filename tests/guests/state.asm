; What a guest keeps in its registers is there after every exit: general registers, x87, XMM and YMM, XCR0, debug registers. The pattern comes
; from the TSC, so two VMs that run this at once hold different ones.

%define GUEST_NAME "state"
%include "common.inc"

%define ROUNDS          200
%define CR4_OSXSAVE     0x40000
%define WANTED          (SCRATCH + 0x0000)      ; 32 bytes a register
%define FOUND           (SCRATCH + 0x1000)
%define X87_WANTED      (SCRATCH + 0x2000)
%define X87_FOUND       (SCRATCH + 0x2100)
%define REGISTERS       16

; EXITS: some of each kind that a hypervisor handles.
%macro EXITS 0
        xor     eax, eax
        cpuid
        mov     dx, COM1_LSR
        in      al, dx
        mov     eax, [APIC_ID]
        mov     dword [APIC_TPR], 0
        mov     ecx, MSR_EFER
        rdmsr
        wrmsr
        mov     edi, SCRATCH + 0x3000
        mov     edx, PIC1_DATA
        mov     ecx, 16
        rep     insb
%endmacro

; STORE_ALL, LOAD_ALL move, "xmm" or "ymm", where: all sixteen of them.
%macro STORE_ALL 3                      
%assign register 0
%rep REGISTERS
        %1      [%3 + register * 32], %2 %+ register
%assign register register + 1
%endrep
%endmacro
%macro LOAD_ALL 3
%assign register 0
%rep REGISTERS
        %1      %2 %+ register, [%3 + register * 32]
%assign register register + 1
%endrep
%endmacro

main:   rdtsc
        or      eax, 1
        mov     edi, WANTED
        mov     ecx, REGISTERS * 8
.fill:  imul    eax, eax, 1664525       ; Numerical Recipes' generator
        add     eax, 1013904223
        mov     [rdi], eax
        add     edi, 4
        loop    .fill

        ; General registers, over each of the exits.
        mov     qword [bad], 0
        mov     ebp, ROUNDS
.general:
        mov     rsi, [WANTED]
        mov     r8, [WANTED + 8]
        mov     r9, [WANTED + 16]
        mov     r10, [WANTED + 24]
        mov     r11, [WANTED + 32]
        mov     r12, [WANTED + 40]
        mov     r13, [WANTED + 48]
        mov     r14, [WANTED + 56]
        mov     r15, [WANTED + 64]
        EXITS
        xor     rsi, [WANTED]
        xor     r8, [WANTED + 8]
        xor     r9, [WANTED + 16]
        xor     r10, [WANTED + 24]
        xor     r11, [WANTED + 32]
        xor     r12, [WANTED + 40]
        xor     r13, [WANTED + 48]
        xor     r14, [WANTED + 56]
        xor     r15, [WANTED + 64]
        or      rsi, r8
        or      rsi, r9
        or      rsi, r10
        or      rsi, r11
        or      rsi, r12
        or      rsi, r13
        or      rsi, r14
        or      rsi, r15
        or      [bad], rsi
        dec     ebp
        jnz     .general
        EXPECT_EQUAL "general registers", [bad], 0

        ; XMM
        mov     qword [bad], 0
        mov     ebp, ROUNDS
.xmm:   LOAD_ALL movups, xmm, WANTED
        EXITS
        STORE_ALL movups, xmm, FOUND
        mov     edx, 16
        call    compare
        dec     ebp
        jnz     .xmm
        EXPECT_EQUAL "XMM registers", [bad], 0
        mov     dword [SCRATCH + 0x3100], 0x9FC0        ; round down, denormals are zero
        ldmxcsr [SCRATCH + 0x3100]
        EXITS
        stmxcsr [SCRATCH + 0x3104]
        mov     eax, [SCRATCH + 0x3104]
        EXPECT_EQUAL "MXCSR", rax, 0x9FC0

        ; x87
        fninit
        fldpi
        fldl2e
        fldlg2
        mov     word [SCRATCH + 0x3108], 0x0E7F         ; chop, 53 bits
        fldcw   [SCRATCH + 0x3108]
        fnsave  [X87_WANTED]
        frstor  [X87_WANTED]
        EXITS
        fnsave  [X87_FOUND]
        mov     esi, X87_WANTED + 28    ; the registers themselves, behind the environment
        mov     edi, X87_FOUND + 28
        mov     ecx, 80
        repe    cmpsb
        EXPECT  "x87 registers", e
        movzx   eax, word [X87_FOUND]
        EXPECT_EQUAL "x87 control word", rax, 0x0E7F

        ; Debug registers that break on nothing
        mov     rax, 0x123456789AB0
        mov     dr0, rax
        inc     rax
        mov     dr1, rax
        inc     rax
        mov     dr2, rax
        inc     rax
        mov     dr3, rax
        mov     rsi, rax
        EXITS
        mov     rax, dr3
        EXPECT_EQUAL "DR3", rax, rsi
        mov     rax, dr0
        add     rax, 3
        EXPECT_EQUAL "DR0", rax, rsi
        mov     rax, dr1
        add     rax, 2
        EXPECT_EQUAL "DR1", rax, rsi
        mov     rax, dr2
        inc     rax
        EXPECT_EQUAL "DR2", rax, rsi
        mov     rax, dr7
        EXPECT_EQUAL "DR7", rax, 0x400

        ; YMM, where there is AVX
        mov     eax, 1
        cpuid
        and     ecx, (1 << 26) | (1 << 28)
        cmp     ecx, (1 << 26) | (1 << 28)
        jne     .no_avx
        mov     rax, cr4
        or      eax, CR4_OSXSAVE
        mov     cr4, rax
        xor     ecx, ecx
        xor     edx, edx
        mov     eax, 7
        xsetbv
        mov     qword [bad], 0
        mov     ebp, ROUNDS
.ymm:   LOAD_ALL vmovups, ymm, WANTED
        EXITS
        STORE_ALL vmovups, ymm, FOUND
        mov     edx, 32
        call    compare
        dec     ebp
        jnz     .ymm
        EXPECT_EQUAL "YMM registers", [bad], 0
        xor     ecx, ecx
        xgetbv
        EXPECT_EQUAL "XCR0", rax, 7
.no_avx:
        jmp     finish

compare:                                ; edx: bytes of each register; [bad] becomes other than 0 where one differs
        mov     r8d, REGISTERS
        mov     r9d, WANTED
        mov     r10d, FOUND
.next:  mov     esi, r9d
        mov     edi, r10d
        mov     ecx, edx
        repe    cmpsb
        je      .same
        inc     qword [bad]
.same:  add     r9d, 32
        add     r10d, 32
        dec     r8d
        jnz     .next
        ret

        section .data
        align   8
bad:            dq 0
        section .text
