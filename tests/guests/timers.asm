; The timers against each other: PIT, PM timer, RTC, local APIC timer, TSC; their interrupts, and HLT's end.

%define GUEST_NAME "timers"
%include "common.inc"

%define PIT_HZ          1193182
%define PM_HZ           3579545
%define PIT_10MS        (PIT_HZ / 100)
%define PM_10MS         (PM_HZ / 100)
%define PIT_1MS         (PIT_HZ / 1000)
%define PM_1MS          (PM_HZ / 1000)
%define IRQ0            PIC_BASE
%define IRQ8            (PIC_BASE + 8)
%define VECTOR_APIC     0x50
%define EOI             0x20
%define RTC_A           0x0A
%define RTC_B           0x0B
%define RTC_C           0x0C
%define RTC_D           0x0D
%define RTC_1024_HZ     0x26            ; the 32,768 Hz crystal, rate 6
%define RTC_PERIODIC    0x40
%define TOLERANCE       3               ; percent

main:   call    pic_start
        call    apic_start
        call    find_fadt
        mov     edx, [rax + FADT_PM_TIMER]
        mov     [pm_port], edx
        HANDLE  IRQ0, on_irq0
        HANDLE  IRQ8, on_irq8
        HANDLE  VECTOR_APIC, on_apic
        call    test_pm_timer
        call    test_pit_output
        call    test_pit_counter
        call    test_pit_interrupt
        call    test_apic_timer
        call    test_rtc
        jmp     finish

; ---- the PM timer ----

test_pm_timer:
        call    pm_now
        mov     ebx, eax
        mov     ecx, 1000
.later: call    pm_now
        cmp     eax, ebx
        loope   .later
        EXPECT  "the PM timer moves", ne
        ; Two times 10 ms are equally long for the TSC.
        call    tsc_of_10ms
        mov     rbx, rax
        call    tsc_of_10ms
        EXPECT_NEAR "PM timer and TSC keep step", rax, ebx, TOLERANCE
        mov     [tsc_10ms], rbx
        ret

tsc_of_10ms:                            ; rax; changes rcx, rdx, r8
        call    pm_start
        call    tsc
        mov     r8, rax
.wait:  call    pm_elapsed
        cmp     eax, PM_10MS
        jb      .wait
        call    tsc
        sub     rax, r8
        ret

; ---- the PIT ----

; Channel 2 in mode 0, whose output is bit 5 of port 61h.
test_pit_output:
        in      al, SYSTEM_CONTROL
        and     al, 0xFC
        or      al, 1                   ; its gate open, the speaker off
        out     SYSTEM_CONTROL, al
        mov     al, 0xB0                ; channel 2, both bytes, mode 0
        out     PIT_CONTROL, al
        in      al, SYSTEM_CONTROL
        test    al, 0x20
        EXPECT  "mode 0: output low after the control word", z
        mov     al, PIT_10MS & 0xFF
        out     PIT_CHANNEL2, al
        mov     al, PIT_10MS >> 8
        out     PIT_CHANNEL2, al
        call    pm_start
.wait:  in      al, SYSTEM_CONTROL
        test    al, 0x20
        jz      .wait
        call    pm_elapsed
        EXPECT_NEAR "mode 0: output high after 10 ms", rax, PM_10MS, TOLERANCE
        ret

test_pit_counter:
        mov     al, 0x34                ; channel 0, both bytes, mode 2
        out     PIT_CONTROL, al
        xor     eax, eax                ; 65,536
        out     PIT_CHANNEL0, al
        out     PIT_CHANNEL0, al
        call    pm_start
        call    pit_latched
        mov     ebx, eax
.wait:  call    pm_elapsed
        cmp     eax, PM_10MS
        jb      .wait
        call    pit_latched
        sub     ebx, eax
        movzx   ebx, bx
        EXPECT_NEAR "mode 2: it counts down at 1.193 MHz", rbx, PIT_10MS, TOLERANCE
        mov     al, 0xE2                ; read back: status of channel 0
        out     PIT_CONTROL, al
        in      al, PIT_CHANNEL0
        and     eax, 0x3F
        EXPECT_EQUAL "read-back: both bytes, mode 2", rax, 0x34
        ret

pit_latched:                            ; eax
        mov     al, 0x00
        out     PIT_CONTROL, al
        in      al, PIT_CHANNEL0
        movzx   ecx, al
        in      al, PIT_CHANNEL0
        movzx   eax, al
        shl     eax, 8
        or      eax, ecx
        ret

test_pit_interrupt:
        mov     al, 0x34
        out     PIT_CONTROL, al
        mov     al, PIT_1MS & 0xFF
        out     PIT_CHANNEL0, al
        mov     al, PIT_1MS >> 8
        out     PIT_CHANNEL0, al
        mov     al, 0xFE
        out     PIC1_DATA, al
        mov     qword [ticks], 0
        call    halt                    ; the first one may have waited
        call    pm_start
        mov     ebp, 10
.tick:  call    halt
        dec     ebp
        jnz     .tick
        call    pm_elapsed
        EXPECT_NEAR "mode 2: ten interrupts in 10 ms", rax, PM_10MS, TOLERANCE
        EXPECT_EQUAL "each HLT ended with one", [ticks], 11

        mov     al, 0x30                ; mode 0: one interrupt
        out     PIT_CONTROL, al
        mov     al, PIT_1MS & 0xFF
        out     PIT_CHANNEL0, al
        mov     qword [ticks], 0
        mov     al, PIT_1MS >> 8
        out     PIT_CHANNEL0, al
        call    pm_start
        call    halt
        call    pm_elapsed
        EXPECT_NEAR "mode 0: an interrupt after 1 ms", rax, PM_1MS, 10
        call    wait_interruptible
        EXPECT_EQUAL "mode 0: and no other", [ticks], 1

        mov     al, 0xFF                ; masked: it stays in the IRR
        out     PIC1_DATA, al
        mov     al, 0x30
        out     PIT_CONTROL, al
        mov     al, PIT_1MS & 0xFF
        out     PIT_CHANNEL0, al
        mov     al, PIT_1MS >> 8
        out     PIT_CHANNEL0, al
        mov     qword [ticks], 0
        call    wait_interruptible
        EXPECT_EQUAL "a masked line does not interrupt", [ticks], 0
        mov     al, 0x0A                ; OCW3: read the IRR
        out     PIC1_COMMAND, al
        in      al, PIC1_COMMAND
        test    al, 1
        EXPECT  "a masked line is requested", nz
        mov     al, 0xFE
        out     PIC1_DATA, al
        call    wait_interruptible
        EXPECT_EQUAL "and interrupts once unmasked", [ticks], 1
        mov     al, 0xFF
        out     PIC1_DATA, al
        ret

; ---- the local APIC's timer ----

test_apic_timer:
        mov     dword [APIC_DIVIDE], DIVIDE_BY_1
        mov     dword [APIC_LVT_TIMER], APIC_MASKED | VECTOR_APIC
        mov     dword [APIC_INITIAL], -1
        call    pm_start
.wait:  call    pm_elapsed
        cmp     eax, PM_10MS
        jb      .wait
        mov     eax, [APIC_CURRENT]
        not     eax
        mov     [apic_10ms], rax
        cmp     eax, 100000
        EXPECT  "it counts at 10 MHz or more", ae
        mov     dword [APIC_DIVIDE], 0x3        ; by 16
        mov     dword [APIC_INITIAL], -1
        call    pm_start
.slow:  call    pm_elapsed
        cmp     eax, PM_10MS
        jb      .slow
        mov     eax, [APIC_CURRENT]
        not     eax
        shl     rax, 4
        EXPECT_NEAR "divided by 16", rax, [apic_10ms], TOLERANCE
        mov     dword [APIC_DIVIDE], DIVIDE_BY_1

        mov     qword [ticks], 0
        mov     dword [APIC_LVT_TIMER], VECTOR_APIC
        mov     eax, [apic_10ms]
        mov     [APIC_INITIAL], eax
        call    pm_start
        call    halt
        call    pm_elapsed
        EXPECT_NEAR "one shot: after 10 ms", rax, PM_10MS, TOLERANCE
        mov     eax, [APIC_CURRENT]
        EXPECT_EQUAL "one shot: the count is 0 then", rax, 0
        call    wait_interruptible
        EXPECT_EQUAL "one shot: and no other", [ticks], 1

        mov     qword [ticks], 0
        mov     dword [APIC_LVT_TIMER], APIC_PERIODIC | VECTOR_APIC
        mov     eax, [apic_10ms]
        xor     edx, edx
        mov     ecx, 10
        div     ecx
        mov     [APIC_INITIAL], eax
        call    pm_start
        mov     ebp, 10
.tick:  call    halt
        dec     ebp
        jnz     .tick
        call    pm_elapsed
        EXPECT_NEAR "periodic: ten in 10 ms", rax, PM_10MS, TOLERANCE
        EXPECT_EQUAL "periodic: each HLT ended with one", [ticks], 10
        mov     dword [APIC_INITIAL], 0
        mov     qword [ticks], 0
        call    wait_interruptible
        EXPECT_EQUAL "stopped by a count of 0", [ticks], 0

        mov     dword [APIC_LVT_TIMER], APIC_MASKED | VECTOR_APIC
        mov     dword [APIC_INITIAL], 1000
        call    wait_interruptible
        EXPECT_EQUAL "masked: no interrupt", [ticks], 0
        ret

; ---- the RTC ----

test_rtc:
        mov     al, RTC_D
        call    rtc_read
        test    al, 0x80
        EXPECT  "register D: valid", nz
        mov     al, RTC_B
        call    rtc_read
        mov     [rtc_b], al
        xor     eax, eax
        call    rtc_read
        cmp     eax, 0x59
        EXPECT  "seconds are below 60", be
        mov     al, RTC_A
        mov     ah, RTC_1024_HZ
        call    rtc_write
        mov     al, RTC_C               ; an old tick would interrupt as soon as it is allowed to
        call    rtc_read
        mov     al, RTC_B
        mov     ah, [rtc_b]
        or      ah, RTC_PERIODIC
        call    rtc_write
        mov     al, 0xFB
        out     PIC1_DATA, al
        mov     al, 0xFE
        out     PIC2_DATA, al
        mov     qword [ticks], 0
        call    halt
        call    pm_start
        mov     ebp, 16
.tick:  call    halt
        dec     ebp
        jnz     .tick
        call    pm_elapsed
        mov     rbx, rax
        UNLESS_EMULATOR                 ; its RTC skips every second tick when instructions are counted (and none in real time)
        EXPECT_NEAR "periodic at 1,024 Hz: sixteen interrupts", rbx, PM_HZ / 64, TOLERANCE
        END_UNLESS
        EXPECT_EQUAL "each HLT ended with one", [ticks], 17
        movzx   eax, byte [rtc_c]
        and     eax, 0xC0
        EXPECT_EQUAL "register C says periodic", rax, 0xC0
        mov     al, RTC_B
        mov     ah, [rtc_b]
        call    rtc_write
        mov     al, RTC_C
        call    rtc_read
        mov     al, 0xFF
        out     PIC1_DATA, al
        out     PIC2_DATA, al
        ret

rtc_read:                               ; al: register → eax
        out     RTC_INDEX, al
        xor     eax, eax
        in      al, RTC_DATA
        ret

rtc_write:                              ; al: register, ah: value
        out     RTC_INDEX, al
        mov     al, ah
        out     RTC_DATA, al
        ret

; ---- interrupts and time ----

on_irq0:
        inc     qword [ticks]
        mov     al, EOI
        out     PIC1_COMMAND, al
        ret

on_irq8:
        inc     qword [ticks]
        mov     al, RTC_C
        call    rtc_read
        mov     [rtc_c], al
        mov     al, EOI
        out     PIC2_COMMAND, al
        out     PIC1_COMMAND, al
        ret

on_apic:
        inc     qword [ticks]
        mov     dword [APIC_EOI], 0
        ret

halt:   sti
        hlt
        cli
        ret

wait_interruptible:                     ; 3 ms; changes rax, rcx, rdx
        call    pm_start
        sti
.wait:  call    pm_elapsed
        cmp     eax, 3 * PM_1MS
        jb      .wait
        cli
        ret

pm_start:
        call    pm_now
        mov     [pm_base], eax
        ret

pm_elapsed:                             ; eax: PM ticks since pm_start, modulo 2^24; changes rdx
        call    pm_now
        sub     eax, [pm_base]
        and     eax, 0xFFFFFF
        ret

pm_now: mov     edx, [pm_port]
        in      eax, dx
        ret

tsc:    rdtsc
        shl     rdx, 32
        or      rax, rdx
        ret

        section .data
        align   8
ticks:          dq 0
tsc_10ms:       dq 0
apic_10ms:      dq 0
pm_port:        dd 0
pm_base:        dd 0
rtc_b:          db 0
rtc_c:          db 0
        section .text
