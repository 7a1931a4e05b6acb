; The local APIC (AMD APM vol. 2, chapter 16) and the I/O APIC (82093AA datasheet).

%define GUEST_NAME "apic"
%include "common.inc"

%define SPURIOUS        0xFF
%define CLASS_LOW       0x40
%define CLASS_MIDDLE    0x80
%define CLASS_HIGH      0xC0
%define VECTOR_NMI      2
%define VECTOR_LINE     0x60            ; from the I/O APIC's pins
%define ICR_LOGICAL     0x800
%define ICR_NMI         0x400
%define ICR_ALL         0x80000
%define ICR_OTHERS      0xC0000
%define ICR_PENDING     0x1000
%define IOAPIC_PINS     24
%define PIN_LEVEL       0x8000
%define PIN_REMOTE_IRR  0x4000
%define COM1_PIN        4
%define IER_THRE        2
%define APIC_BASE_X2    0x400
%define APIC_BASE_ENABLE 0x800
%define X2_ID           0x802
%define X2_VERSION      0x803
%define X2_TPR          0x808
%define X2_EOI          0x80B
%define X2_LDR          0x80D
%define X2_SVR          0x80F
%define X2_ISR0         0x810
%define X2_IRR0         0x820
%define X2_ICR          0x830
%define X2_TIMER_DIVIDE 0x83E
%define X2_SELF_IPI     0x83F

; SEND command …: to the ICR, one after the other.
%macro SEND 1-*
%rep %0
        mov     dword [APIC_ICR], %1
%rotate 1
%endrep
%endmacro

; TAKEN "name", bytes…: these vectors have been taken since the last such check, in this order.
%macro TAKEN 2-*
        [section .data]
%%want: db      %{2:-1}
%%count equ     $ - %%want
        __SECT__
        mov     esi, %%want
        mov     ecx, %%count
        call    compare_taken
        EXPECT_EQUAL %1, rax, 0
%endmacro

main:   mov     eax, [APIC_ID]
        mov     [apic_id], eax
        call    pic_start
        call    apic_start
        mov     edi, HANDLERS + 32 * 8
        mov     eax, record_vector
        mov     ecx, 256 - 32
        rep     stosq
        HANDLE  VECTOR_NMI, record_nmi
        call    registers
        call    delivery
        call    priorities
        call    destinations
        call    io_apic
        UNLESS_EMULATOR
        call    disabled
        mov     eax, 1
        cpuid
        bt      ecx, 21
        jnc     .no_x2apic
        call    x2apic
.no_x2apic:
        END_UNLESS
        jmp     finish

registers:
        mov     eax, [APIC_VERSION]
        movzx   ecx, al
        and     ecx, 0xF0
        EXPECT_EQUAL "an integrated APIC", rcx, 0x10
        shr     eax, 16
        movzx   eax, al
        cmp     eax, 3
        EXPECT  "four LVT entries or more", ae
        mov     dword [APIC_LDR], 0x01FFFFFF
        mov     eax, [APIC_LDR]
        EXPECT_EQUAL "LDR keeps its upper byte", rax, 0x01000000
        mov     dword [APIC_DFR], 0xF0000000
        mov     eax, [APIC_DFR]
        mov     ecx, -1
        EXPECT_EQUAL "DFR: lower bits are ones", rax, rcx
        mov     dword [APIC_ICR_HIGH], 0x03000000
        mov     eax, [APIC_ICR_HIGH]
        EXPECT_EQUAL "ICR's destination", rax, 0x03000000
        mov     dword [APIC_ICR_HIGH], 0
        mov     dword [APIC_LVT_ERROR], APIC_MASKED | 0x33
        mov     eax, [APIC_LVT_ERROR]
        EXPECT_EQUAL "LVT error entry", rax, APIC_MASKED | 0x33
        mov     dword [APIC_TPR], 0x35
        mov     rax, cr8
        EXPECT_EQUAL "CR8 is the TPR's upper half", rax, 3
        mov     eax, [APIC_PPR]
        EXPECT_EQUAL "PPR follows the TPR", rax, 0x35
        mov     eax, 0xA
        mov     cr8, rax
        mov     eax, [APIC_TPR]
        EXPECT_EQUAL "TPR by CR8", rax, 0xA0
        xor     eax, eax
        mov     cr8, rax
        UNLESS_EMULATOR
        mov     eax, 0x10
        EXPECT_FAULT "CR8 has four bits", VECTOR_GP, mov cr8, rax
        END_UNLESS
        mov     dword [APIC_DIVIDE], 0xB
        mov     eax, [APIC_DIVIDE]
        EXPECT_EQUAL "timer's divisor", rax, 0xB
        ret

; Requested, in service, ended.
delivery:
        SEND    ICR_SELF | CLASS_MIDDLE
        mov     eax, [APIC_ICR]
        test    eax, ICR_PENDING
        EXPECT  "the IPI is sent", z
        mov     eax, [APIC_IRR + 0x10 * (CLASS_MIDDLE / 32)]
        EXPECT_EQUAL "it is requested", rax, 1 << (CLASS_MIDDLE % 32)
        HANDLE  CLASS_MIDDLE, look
        sti
        nop
        cli
        HANDLE  CLASS_MIDDLE, record_vector
        EXPECT_EQUAL "in the handler: in service", [seen_isr], 1 << (CLASS_MIDDLE % 32)
        EXPECT_EQUAL "in the handler: no more requested", [seen_irr], 0
        EXPECT_EQUAL "in the handler: PPR", [seen_ppr], CLASS_MIDDLE
        mov     eax, [APIC_ISR + 0x10 * (CLASS_MIDDLE / 32)]
        EXPECT_EQUAL "after EOI: not in service", rax, 0
        mov     eax, [APIC_PPR]
        EXPECT_EQUAL "after EOI: PPR", rax, 0
        TAKEN   "taken once", CLASS_MIDDLE
        SEND    ICR_SELF | CLASS_LOW, ICR_SELF | CLASS_LOW
        sti
        nop
        cli
        TAKEN   "requested twice, taken once", CLASS_LOW
        ret

look:   mov     eax, [APIC_ISR + 0x10 * (CLASS_MIDDLE / 32)]
        mov     [seen_isr], rax
        mov     eax, [APIC_IRR + 0x10 * (CLASS_MIDDLE / 32)]
        mov     [seen_irr], rax
        mov     eax, [APIC_PPR]
        mov     [seen_ppr], rax
        jmp     record_vector

priorities:
        ; All that wait are taken highest first.
        mov     ebx, 0x20
.send:  lea     eax, [rbx + ICR_SELF]
        mov     [APIC_ICR], eax
        inc     ebx
        cmp     ebx, 0xFF
        jb      .send
        sti
        nop
        cli
        mov     ecx, [taken_count]
        EXPECT_EQUAL "all vectors are taken", rcx, 0xFF - 0x20
        mov     esi, taken
        mov     eax, 0xFE
.order: cmp     [rsi], al
        jne     .order_end
        inc     esi
        dec     eax
        dec     ecx
        jnz     .order
.order_end:
        EXPECT_EQUAL "highest first", rcx, 0
        mov     dword [taken_count], 0

        ; The TPR holds back its class and those below.
        mov     dword [APIC_TPR], CLASS_MIDDLE
        SEND    ICR_SELF | CLASS_LOW, ICR_SELF | (CLASS_MIDDLE + 15), ICR_SELF | (CLASS_MIDDLE + 16)
        sti
        nop
        cli
        TAKEN   "above the TPR's class only", CLASS_MIDDLE + 16
        mov     eax, CLASS_MIDDLE / 16 - 1
        sti
        mov     cr8, rax
        nop
        cli
        TAKEN   "lowered by CR8", CLASS_MIDDLE + 15
        sti
        mov     dword [APIC_TPR], 0
        nop
        cli
        TAKEN   "lowered to 0", CLASS_LOW

        ; A higher class interrupts a handler that allows it; a lower one waits for the EOI.
        HANDLE  CLASS_MIDDLE, nest
        SEND    ICR_SELF | CLASS_MIDDLE
        sti
        nop
        cli
        HANDLE  CLASS_MIDDLE, record_vector
        TAKEN   "nested by class", CLASS_MIDDLE, CLASS_HIGH, CLASS_MIDDLE + 1, CLASS_LOW
        ret

nest:   mov     al, CLASS_MIDDLE
        call    record
        SEND    ICR_SELF | CLASS_LOW, ICR_SELF | (CLASS_MIDDLE + 1), ICR_SELF | CLASS_HIGH
        sti
        nop
        cli
        mov     dword [APIC_EOI], 0
        ret

destinations:
        mov     eax, [APIC_ID]
        mov     [APIC_ICR_HIGH], eax
        SEND    0x41
        sti
        nop
        cli
        TAKEN   "to the own physical id", 0x41
        mov     dword [APIC_LDR], 0x04000000
        mov     dword [APIC_ICR_HIGH], 0x04000000
        SEND    ICR_LOGICAL | 0x42
        sti
        nop
        cli
        TAKEN   "to the own logical id", 0x42
        mov     dword [APIC_ICR_HIGH], 0x08000000
        SEND    ICR_LOGICAL | 0x43
        sti
        nop
        cli
        EXPECT_EQUAL "not to another logical id", [taken_count], 0
        mov     dword [APIC_ICR_HIGH], 0xFF000000
        SEND    0x44
        sti
        nop
        cli
        TAKEN   "to everyone", 0x44
        mov     dword [APIC_ICR_HIGH], 0
        SEND    ICR_ALL | 0x45
        sti
        nop
        cli
        TAKEN   "to all with self", 0x45
        SEND    ICR_OTHERS | 0x46
        sti
        nop
        cli
        EXPECT_EQUAL "to all but self", [taken_count], 0
        ; An NMI comes with interrupts off too. (The shorthand for self takes fixed interrupts only.)
        mov     eax, [APIC_ID]
        mov     [APIC_ICR_HIGH], eax
        SEND    ICR_NMI
        nop
        TAKEN   "an NMI to oneself", VECTOR_NMI
        mov     dword [APIC_ICR_HIGH], 0
        ret

; The serial port's line: it stays up until its interrupt is looked at.
io_apic:
        mov     dword [IOAPIC_SELECT], 1
        mov     eax, [IOAPIC_WINDOW]
        shr     eax, 16
        movzx   eax, al
        EXPECT_EQUAL "24 pins", rax, IOAPIC_PINS - 1
        mov     dword [APIC_LVT_LINT0], APIC_MASKED
        mov     dword [IOAPIC_SELECT], 0x10 + COM1_PIN * 2 + 1
        mov     eax, [APIC_ID]
        mov     [IOAPIC_WINDOW], eax
        mov     eax, [IOAPIC_WINDOW]
        EXPECT_EQUAL "an entry's destination", rax, [apic_id]
        mov     dword [IOAPIC_SELECT], 0x10 + COM1_PIN * 2

        mov     dword [IOAPIC_WINDOW], APIC_MASKED | VECTOR_LINE
        mov     dx, COM1_IER
        mov     al, IER_THRE
        out     dx, al
        sti
        nop
        cli
        EXPECT_EQUAL "masked: no interrupt", [taken_count], 0
        call    quiet

        mov     dword [IOAPIC_WINDOW], VECTOR_LINE
        mov     dx, COM1_IER
        mov     al, IER_THRE
        out     dx, al
        sti
        nop
        nop
        cli
        TAKEN   "edge: one interrupt", VECTOR_LINE
        call    quiet

        HANDLE  VECTOR_LINE, level
        mov     dword [level_count], 0
        mov     dword [IOAPIC_WINDOW], PIN_LEVEL | VECTOR_LINE
        mov     dx, COM1_IER
        mov     al, IER_THRE
        out     dx, al
        sti
        nop
        nop
        nop
        cli
        EXPECT_EQUAL "level: again after EOI while the line is up", [level_count], 3
        mov     eax, [seen_entry]
        test    eax, PIN_REMOTE_IRR
        EXPECT  "remote IRR until EOI", nz
        mov     eax, [IOAPIC_WINDOW]
        test    eax, PIN_REMOTE_IRR
        EXPECT  "no remote IRR after EOI", z
        mov     dword [IOAPIC_WINDOW], APIC_MASKED
        mov     dword [taken_count], 0

        ; The PIT is at pin 2 on a PC with ACPI, else at pin 0.
        mov     dword [IOAPIC_SELECT], 0x10
        mov     dword [IOAPIC_WINDOW], VECTOR_LINE + 1
        mov     dword [IOAPIC_SELECT], 0x14
        mov     dword [IOAPIC_WINDOW], VECTOR_LINE + 1
        mov     al, 0x30                ; mode 0: the output rises once
        out     PIT_CONTROL, al
        mov     al, 100
        out     PIT_CHANNEL0, al
        xor     eax, eax
        out     PIT_CHANNEL0, al
        ; Not by HLT: QEMU 7.2 forgets STI's shadow at an exit, and the interrupt may come before it (docs/caveats.md).
        sti
.pit:   pause
        cmp     dword [taken_count], 0
        je      .pit
        cli
        TAKEN   "the PIT through the I/O APIC", VECTOR_LINE + 1
        mov     dword [IOAPIC_WINDOW], APIC_MASKED
        mov     dword [IOAPIC_SELECT], 0x10
        mov     dword [IOAPIC_WINDOW], APIC_MASKED
        ret

quiet:  mov     dx, COM1_IER
        xor     eax, eax
        out     dx, al
        ret

level:  inc     dword [level_count]
        cmp     dword [level_count], 3
        jb      .end
        mov     eax, [IOAPIC_WINDOW]
        mov     [seen_entry], eax
        call    quiet
.end:   mov     dword [APIC_EOI], 0
        ret

; Switched off by software, its LVT entries are masked and stay so.
disabled:
        mov     dword [APIC_LVT_TIMER], VECTOR_LINE
        mov     dword [APIC_SVR], SPURIOUS
        mov     eax, [APIC_LVT_TIMER]
        EXPECT_EQUAL "switched off: LVT entries are masked", rax, APIC_MASKED | VECTOR_LINE
        mov     dword [APIC_LVT_TIMER], VECTOR_LINE
        mov     eax, [APIC_LVT_TIMER]
        EXPECT_EQUAL "switched off: they cannot be unmasked", rax, APIC_MASKED | VECTOR_LINE
        mov     dword [APIC_SVR], APIC_ENABLED | SPURIOUS
        mov     eax, [APIC_LVT_TIMER]
        EXPECT_EQUAL "switched on again: they are still masked", rax, APIC_MASKED | VECTOR_LINE
        ret

x2apic: mov     ecx, X2_ID
        EXPECT_FAULT "x2APIC registers in xAPIC mode", VECTOR_GP, rdmsr
        mov     dword [APIC_TPR], 0x20
        mov     ecx, MSR_APIC_BASE
        rdmsr
        mov     [apic_base], eax
        or      eax, APIC_BASE_X2
        EXPECT_FAULT "x2APIC mode", NO_VECTOR, wrmsr
        mov     ecx, X2_ID
        rdmsr
        mov     ebx, [apic_id]
        shr     ebx, 24
        EXPECT_EQUAL "x2APIC id", rax, rbx
        mov     ecx, X2_TPR
        rdmsr
        EXPECT_EQUAL "the TPR came along", rax, 0x20
        xor     eax, eax
        xor     edx, edx
        wrmsr
        mov     ecx, X2_LDR
        rdmsr
        mov     ecx, ebx
        mov     ebx, 1
        shl     ebx, cl
        EXPECT_EQUAL "the logical id follows from the id", rax, rbx
        mov     ecx, X2_SELF_IPI
        mov     eax, 0x47
        xor     edx, edx
        EXPECT_FAULT "self-IPI register", NO_VECTOR, wrmsr
        mov     ecx, X2_IRR0 + 0x47 / 32
        rdmsr
        EXPECT_EQUAL "it is requested", rax, 1 << (0x47 % 32)
        mov     dword [eoi_by_msr], 1
        sti
        nop
        cli
        TAKEN   "self-IPI", 0x47
        mov     ecx, X2_ISR0 + 0x47 / 32
        rdmsr
        EXPECT_EQUAL "ended by the EOI register", rax, 0
        mov     ecx, X2_ICR
        mov     eax, ICR_SELF | 0x48
        xor     edx, edx
        wrmsr
        mov     edx, [apic_id]
        shr     edx, 24
        mov     eax, 0x49
        wrmsr
        sti
        nop
        cli
        TAKEN   "by the 64-bit ICR", 0x49, 0x48
        mov     ecx, X2_EOI
        mov     eax, 1
        xor     edx, edx
        EXPECT_FAULT "EOI takes 0 only", VECTOR_GP, wrmsr
        mov     ecx, X2_VERSION
        EXPECT_FAULT "the version cannot be written", VECTOR_GP, wrmsr
        mov     ecx, X2_SELF_IPI
        EXPECT_FAULT "the self-IPI register cannot be read", VECTOR_GP, rdmsr
        mov     ecx, 0x80E              ; the DFR, which this mode has not
        EXPECT_FAULT "there is no DFR", VECTOR_GP, rdmsr
        mov     ecx, MSR_APIC_BASE
        mov     eax, [apic_base]
        xor     edx, edx
        EXPECT_FAULT "back to xAPIC mode at once is refused", VECTOR_GP, wrmsr
        and     eax, ~APIC_BASE_ENABLE
        EXPECT_FAULT "off", NO_VECTOR, wrmsr
        mov     eax, 1
        cpuid
        bt      edx, 9
        EXPECT  "off: CPUID has no APIC", nc
        mov     ecx, MSR_APIC_BASE
        mov     eax, [apic_base]
        xor     edx, edx
        EXPECT_FAULT "and on in xAPIC mode", NO_VECTOR, wrmsr
        mov     dword [eoi_by_msr], 0
        call    apic_start
        SEND    ICR_SELF | 0x4A
        sti
        nop
        cli
        TAKEN   "xAPIC mode works again", 0x4A
        ret

; ---- what was taken ----

record_vector:                          ; a handler: notes its vector and ends the interrupt
        mov     eax, [rdi + frame.vector]
        call    record
        cmp     dword [eoi_by_msr], 0
        jne     .msr
        mov     dword [APIC_EOI], 0
        ret
.msr:   mov     ecx, X2_EOI
        xor     eax, eax
        xor     edx, edx
        wrmsr
        ret

record_nmi:
        mov     al, VECTOR_NMI
record: mov     ecx, [taken_count]
        mov     [taken + rcx], al
        inc     dword [taken_count]
        ret

compare_taken:                          ; rsi: wanted, ecx: how many → rax: 0, or where they differ and what came
        mov     edx, [taken_count]
        mov     dword [taken_count], 0
        mov     eax, edx
        cmp     edx, ecx
        jne     .end
        mov     edi, taken
        repe    cmpsb
        mov     eax, 0
        je      .end
        movzx   eax, byte [rdi - 1]
        or      eax, 0x100
.end:   ret



        section .data
        align   8
apic_id:        dq 0
seen_isr:       dq 0
seen_irr:       dq 0
seen_ppr:       dq 0
level_count:    dq 0
taken_count:    dq 0
seen_entry:     dd 0
apic_base:      dd 0
eoi_by_msr:     dd 0
taken:          times 256 db 0
        section .text
