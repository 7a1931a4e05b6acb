; What single operations cost in a guest, in TSC ticks: each 256 times in a loop, the best of five such loops, less the empty loop.
; Prints `bench NAME TICKS` a line. Meant for a deterministic emulator (`--icount`), where a tick is an instruction.

%define GUEST_NAME "operations"
%include "common.inc"

%define COUNT           256
%define BATCHES         5
%define VECTOR_SELF     0x40
%define VECTOR_TIMER    0x50
%define NEW_PAGES       0x800000        ; nobody has touched these before
%define PAGE            0x1000
%define WAIT            20000           ; the timer's wait, in TSC ticks

; BENCH "name" … BENCH_END: what stands between is measured. It must keep rbp and r12–r14.
%macro BENCH 1
%push bench
        mov     r13, -1
        mov     r12d, BATCHES
%$batch:
        call    read_tsc
        mov     r14, r11
        mov     ebp, COUNT
        align   16
%$loop:
%define %$name %1
%endmacro

%macro BENCH_END 0
        dec     ebp
        jnz     %$loop
        call    read_tsc
        sub     r11, r14
        cmp     r11, r13
        cmovb   r13, r11
        dec     r12d
        jnz     %$batch
        PRINT   {"bench ", %$name, " "}
        call    report
%pop
%endmacro

main:   HANDLE  VECTOR_SELF, end_of_interrupt
        HANDLE  VECTOR_TIMER, end_of_interrupt
        call    measure_empty

        BENCH   "cpuid"
        xor     eax, eax
        cpuid
        BENCH_END

        CATCH   HYPERCALL
        cmp     qword [caught], NO_VECTOR
        jne     .no_hypercall
        BENCH   "vmmcall"
        mov     eax, 1                  ; KVM's number for "nothing to do"
        HYPERCALL
        BENCH_END
.no_hypercall:

        mov     dx, COM1_LSR
        BENCH   "in-uart-lsr"
        in      al, dx
        BENCH_END
        BENCH   "in-8259"
        in      al, PIC1_DATA
        BENCH_END
        in      al, PIC1_DATA
        BENCH   "out-8259"
        out     PIC1_DATA, al
        BENCH_END
        BENCH   "in-pit"
        in      al, PIT_CHANNEL0
        BENCH_END

        call    find_fadt
        test    rax, rax
        jz      .no_pm_timer
        mov     edx, [rax + FADT_PM_TIMER]
        BENCH   "in-pm-timer"
        in      eax, dx
        BENCH_END
.no_pm_timer:
        xor     eax, eax
        out     RTC_INDEX, al
        BENCH   "in-rtc"
        in      al, RTC_DATA
        BENCH_END

        mov     dx, PCI_ADDRESS
        mov     eax, 0x80000000
        out     dx, eax
        mov     dx, PCI_DATA
        BENCH   "in-pci-config"
        in      eax, dx
        BENCH_END

        mov     ecx, MSR_APIC_BASE
        BENCH   "rdmsr-apic-base"
        rdmsr
        BENCH_END
        mov     ecx, MSR_EFER
        BENCH   "rdmsr-efer"
        rdmsr
        BENCH_END
        mov     ecx, MSR_EFER
        rdmsr
        BENCH   "wrmsr-efer"
        wrmsr
        BENCH_END

        mov     ecx, 0x4B564D42         ; no processor has this one
        CATCH   rdmsr
        cmp     qword [caught], VECTOR_GP
        jne     .no_unknown_msr
        mov     eax, skip_rdmsr
        call    set_gp_gate
        BENCH   "rdmsr-unknown-gp"
        rdmsr
        BENCH_END
        mov     eax, interrupt_stubs + VECTOR_GP * STUB_SIZE
        call    set_gp_gate
.no_unknown_msr:

        mov     rax, cr0
        BENCH   "cr0-wp-twice"
        xor     eax, CR0_WP
        mov     cr0, rax
        xor     eax, CR0_WP
        mov     cr0, rax
        BENCH_END
        mov     rax, cr4
        BENCH   "cr4-pge-twice"
        xor     eax, CR4_PGE
        mov     cr4, rax
        xor     eax, CR4_PGE
        mov     cr4, rax
        BENCH_END

        ; The 8259s are quiet and the APIC is on.
        mov     al, 0xFF
        out     PIC1_DATA, al
        out     PIC2_DATA, al
        mov     ebx, APIC
        mov     dword [APIC_SVR], APIC_ENABLED | 0xFF
        mov     dword [APIC_LVT_TIMER], APIC_MASKED
        mov     dword [APIC_DIVIDE], DIVIDE_BY_1
        BENCH   "apic-read"
        mov     eax, [APIC_TPR]
        BENCH_END
        BENCH   "apic-eoi"
        mov     dword [APIC_EOI], 0
        BENCH_END
        BENCH   "apic-timer-write"
        mov     dword [APIC_INITIAL], 1000000000
        BENCH_END
        mov     dword [APIC_INITIAL], 0

        mov     eax, quick_eoi          ; the shortest handler there can be
        mov     edi, IDT + VECTOR_SELF * 16
        call    set_gate
        sti
        BENCH   "self-ipi-eoi"
        mov     dword [APIC_ICR], ICR_SELF | VECTOR_SELF
        BENCH_END
        cli

        ; How many of the APIC timer's ticks are WAIT of the TSC's.
        mov     dword [APIC_LVT_TIMER], APIC_MASKED
        mov     dword [APIC_INITIAL], -1
        call    read_tsc
        lea     rbx, [r11 + 1000000]
.calibrate:
        call    read_tsc
        cmp     r11, rbx
        jb      .calibrate
        mov     eax, [APIC_CURRENT]
        not     eax
        mov     edx, WAIT
        mul     rdx
        mov     ecx, 1000000
        div     rcx
        mov     ebx, eax
        mov     eax, quick_eoi
        mov     edi, IDT + VECTOR_TIMER * 16
        call    set_gate
        mov     dword [APIC_LVT_TIMER], VECTOR_TIMER
        BENCH   "apic-timer-20us-hlt"
        mov     [APIC_INITIAL], ebx
        sti
        hlt
        cli
        BENCH_END
        mov     dword [APIC_LVT_TIMER], APIC_MASKED

        BENCH   "ioapic-select-read"
        mov     dword [IOAPIC_SELECT], 1
        mov     eax, [IOAPIC_WINDOW]
        BENCH_END

        ; Each page can be new once: one loop.
        call    read_tsc
        mov     r14, r11
        mov     ebp, COUNT
        mov     edi, NEW_PAGES
.touch: mov     [rdi], ebp
        add     edi, PAGE
        dec     ebp
        jnz     .touch
        call    read_tsc
        sub     r11, r14
        mov     r13, r11
        PRINT   {"bench first-touch "}
        call    report
        jmp     finish

measure_empty:
        BENCH   "empty"
        BENCH_END
        mov     [empty], r13
        ret

report:                                 ; r13: ticks of COUNT times
        mov     rax, r13
        sub     rax, [empty]
        jae     .sane
        xor     eax, eax
.sane:  add     rax, COUNT / 2
        shr     rax, 8
        call    print_decimal
        PRINT   {10}
        ret

read_tsc:                               ; r11; changes r9 and r10
        mov     r9, rax
        mov     r10, rdx
        rdtsc
        shl     rdx, 32
        lea     r11, [rax + rdx]
        mov     rax, r9
        mov     rdx, r10
        ret

quick_eoi:
        mov     dword [APIC_EOI], 0
        iretq

end_of_interrupt:
        mov     dword [APIC_EOI], 0
        ret

skip_rdmsr:
        add     rsp, 8
        add     qword [rsp], 2
        iretq

set_gp_gate:                            ; eax: the routine; keeps rcx
        mov     edi, IDT + VECTOR_GP * 16
set_gate:                               ; eax: the routine, edi: the gate
        mov     [rdi], ax
        shr     eax, 16
        mov     [rdi + 6], ax
        ret

        section .data
        align   8
empty:  dq      0
        section .text
