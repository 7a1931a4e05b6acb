; Instructions that meet virtual devices in memory: each form on a register of the local APIC or I/O APIC that keeps what is written.

%define GUEST_NAME "mmio"
%include "common.inc"

%define NOTHING         0xD0000000      ; no device and no memory there
%define BUFFER          SCRATCH
%define MSR_FS_BASE     0xC0000100

; COUNT_IS "name", value: the timer's initial count holds it. All of its 32 bits can be written, and the timer is masked.
%macro COUNT_IS 2
        mov     r11d, [APIC_INITIAL]
        EXPECT_EQUAL {%1}, r11, %2
%endmacro

main:   mov     al, 0xFF
        out     PIC1_DATA, al
        out     PIC2_DATA, al
        mov     dword [APIC_SVR], APIC_ENABLED | 0xFF
        mov     dword [APIC_LVT_TIMER], APIC_MASKED
        mov     ebx, 0xFEE00380         ; the initial count by its real address
        mov     rbp, APIC_INITIAL

        mov     dword [rbx], 0x51
        COUNT_IS  "MOV m32, imm32", 0x51
        mov     eax, 0x62
        mov     [rbp], eax
        COUNT_IS  "MOV m32, r32", 0x62
        mov     r9d, 0x73
        mov     [rbx], r9d
        COUNT_IS  "MOV m32, r9d", 0x73
        mov     r10, -1
        mov     r10d, [rbx]
        EXPECT_EQUAL "MOV r10d, m32 clears the upper half", r10, 0x73
        mov     rax, -1
        a32 mov eax, [0xFEE00380]
        EXPECT_EQUAL "MOV EAX, m32 by a 32-bit address", rax, 0x73
        mov     eax, 0x44
        mov     [qword 0xFEE00380], eax
        COUNT_IS  "MOV moffs, EAX", 0x44
        xor     eax, eax
        mov     eax, [qword 0xFEE00380]
        EXPECT_EQUAL "MOV EAX, moffs", rax, 0x44
        mov     ecx, 0xE0
        mov     r12d, 0xFEE00000
        xor     eax, eax
        mov     eax, [r12 + rcx * 4]
        EXPECT_EQUAL "base, index and scale", rax, 0x44
        mov     eax, [r12 + rcx * 2 + 0x1C0]
        EXPECT_EQUAL "base, index, scale and displacement", rax, 0x44
        movsxd  rax, dword [rbx]
        EXPECT_EQUAL "MOVSXD r64, m32", rax, 0x44
        mov     dword [APIC_LDR], 0x85000000
        movsxd  rax, dword [APIC_LDR]
        EXPECT_EQUAL "MOVSXD extends the sign", rax, -0x7B000000

        ; Read, modify, write: result and flags.
        mov     dword [rbx], 0xF0
        and     dword [rbx], 0x3C
        EXPECT  "AND m32, imm: not zero", nz
        COUNT_IS  "AND m32, imm", 0x30
        mov     eax, 0x03
        or      [rbx], eax
        COUNT_IS  "OR m32, r32", 0x33
        xor     dword [rbx], 0x33
        EXPECT  "XOR m32, imm: zero", z
        COUNT_IS  "XOR m32, imm", 0
        mov     dword [rbx], 0x5A
        mov     eax, 0xFF
        and     eax, [rbx]
        EXPECT_EQUAL "AND r32, m32", rax, 0x5A
        mov     eax, 0xA5
        or      eax, [rbx]
        EXPECT_EQUAL "OR r32, m32", rax, 0xFF
        mov     eax, 0x5A
        xor     eax, [rbx]
        EXPECT  "XOR r32, m32: zero", z
        test    dword [rbx], 0x08
        EXPECT  "TEST m32, imm: not zero", nz
        mov     eax, 0x05
        test    [rbx], eax
        EXPECT  "TEST m32, r32: zero", z
        COUNT_IS  "TEST writes nothing", 0x5A
        cmp     dword [rbx], 0x5A
        EXPECT  "CMP m32, imm: equal", e
        mov     eax, 0x5B
        cmp     [rbx], eax
        EXPECT  "CMP m32, r32: below", b
        cmp     eax, [rbx]
        EXPECT  "CMP r32, m32: above", a
        cmp     dword [APIC_LDR], 0x7FFFFFFF    ; 85000000h is negative
        EXPECT  "CMP m32, imm: less", l
        EXPECT  "CMP m32, imm: overflow", o
        mov     eax, 0x17
        xchg    eax, [rbx]
        EXPECT_EQUAL "XCHG gives the old", rax, 0x5A
        COUNT_IS  "XCHG writes the new", 0x17

        bt      dword [rbx], 4
        EXPECT  "BT m32, imm: set", c
        bt      dword [rbx], 3
        EXPECT  "BT m32, imm: clear", nc
        bts     dword [rbx], 3
        EXPECT  "BTS m32, imm: was clear", nc
        COUNT_IS  "BTS m32, imm", 0x1F
        btr     dword [rbx], 4
        EXPECT  "BTR m32, imm: was set", c
        COUNT_IS  "BTR m32, imm", 0x0F
        btc     dword [rbx], 7
        COUNT_IS  "BTC m32, imm", 0x8F
        mov     eax, 1
        lock btr dword [rbx], eax
        EXPECT  "LOCK BTR m32, r32: was set", c
        COUNT_IS  "LOCK BTR m32, r32", 0x8D
        mov     eax, (APIC_INITIAL - APIC) * 8 + 1    ; a bit index reaches past the operand: here from the APIC's first register
        mov     r12d, 0xFEE00000
        bts     dword [r12], eax
        COUNT_IS  "BTS with an index past the operand", 0x8F

        ; The string forms.
        mov     dword [BUFFER], 0x21
        mov     esi, BUFFER
        mov     edi, ebx
        movsd
        COUNT_IS  "MOVSD to a register", 0x21
        EXPECT_EQUAL "MOVSD moves RSI", rsi, BUFFER + 4
        mov     esi, ebx
        mov     edi, BUFFER + 8
        movsd
        mov     eax, [BUFFER + 8]
        EXPECT_EQUAL "MOVSD from a register", rax, 0x21
        EXPECT_EQUAL "MOVSD moves RDI", rdi, BUFFER + 12
        std
        mov     eax, 0x32
        mov     edi, ebx
        stosd
        cld
        COUNT_IS  "STOSD", 0x32
        mov     r8d, 0xFEE00380 - 4
        EXPECT_EQUAL "STOSD downwards moves RDI", rdi, r8
        mov     esi, ebx
        mov     edi, BUFFER + 16
        mov     ecx, 1
        rep     movsd
        EXPECT_EQUAL "REP MOVSD, count", rcx, 0
        mov     eax, [BUFFER + 16]
        EXPECT_EQUAL "REP MOVSD", rax, 0x32
        mov     edi, ebx
        xor     ecx, ecx
        rep     stosd
        COUNT_IS  "REP STOSD of nothing", 0x32

        ; A segment's base counts.
        mov     ecx, MSR_FS_BASE
        mov     eax, 0xFEE00000
        xor     edx, edx
        wrmsr
        mov     eax, [fs:APIC_INITIAL - APIC]
        EXPECT_EQUAL "by way of FS", rax, 0x32

        ; The I/O APIC's window.
        mov     dword [IOAPIC_SELECT], 1
        mov     eax, [IOAPIC_WINDOW]
        shr     eax, 16
        movzx   eax, al
        EXPECT_EQUAL "the I/O APIC's highest entry", rax, 23
        mov     dword [IOAPIC_SELECT], 0x12
        mov     dword [IOAPIC_WINDOW], APIC_MASKED | 0x31
        or      dword [IOAPIC_WINDOW], 0x8000
        mov     eax, [IOAPIC_WINDOW]
        EXPECT_EQUAL "OR on an entry", rax, APIC_MASKED | 0x8031
        mov     dword [IOAPIC_WINDOW], APIC_MASKED
        mov     dword [APIC_INITIAL], 0

        ; Where nothing is, all ones are read, in every width, and writes are lost.
        UNLESS_EMULATOR
        mov     ebx, NOTHING
        xor     eax, eax
        mov     al, [rbx]
        EXPECT_EQUAL "nothing: MOV r8", rax, 0xFF
        xor     eax, eax
        mov     ah, [rbx + 1]
        EXPECT_EQUAL "nothing: MOV AH", rax, 0xFF00
        xor     eax, eax
        mov     ax, [rbx]
        EXPECT_EQUAL "nothing: MOV r16", rax, 0xFFFF
        xor     r15d, r15d
        mov     r15, [rbx]
        EXPECT_EQUAL "nothing: MOV r64", r15, -1
        movzx   eax, byte [rbx]
        EXPECT_EQUAL "nothing: MOVZX r32, m8", rax, 0xFF
        movzx   rax, word [rbx]
        EXPECT_EQUAL "nothing: MOVZX r64, m16", rax, 0xFFFF
        movsx   rax, byte [rbx]
        EXPECT_EQUAL "nothing: MOVSX r64, m8", rax, -1
        mov     rcx, -1
        xor     eax, eax
        movsx   ax, byte [rbx]
        EXPECT_EQUAL "nothing: MOVSX r16, m8", rax, 0xFFFF
        mov     ecx, -1
        movsx   eax, word [rbx]
        EXPECT_EQUAL "nothing: MOVSX r32, m16", rax, rcx
        mov     qword [rbx], 0
        mov     byte [rbx], 0
        mov     rax, [rbx]
        EXPECT_EQUAL "nothing: writes are lost", rax, -1
        mov     esi, NOTHING
        mov     edi, BUFFER
        mov     ecx, 600
        rep     movsq
        EXPECT_EQUAL "nothing: REP MOVSQ, count", rcx, 0
        EXPECT_EQUAL "nothing: REP MOVSQ, values", [BUFFER + 599 * 8], -1
        EXPECT_EQUAL "nothing: REP MOVSQ, not too many", [BUFFER + 600 * 8], 0
        END_UNLESS
        jmp     finish
