; The processor's modes below long mode, there and back: compatibility mode, protected mode without paging, with 32-bit paging and with PAE,
; 16-bit protected mode and real mode. In each: instructions that a hypervisor emulates, interrupts and faults by that mode's tables.

%define GUEST_NAME "modes"
%include "common.inc"

%define DIRECTORY32     (SCRATCH + 0x0000)
%define TABLE32         (SCRATCH + 0x1000)
%define PAE_POINTERS    (SCRATCH + 0x2000)
%define PAE_DIRECTORY   (SCRATCH + 0x3000)      ; for the first GiB
%define PAE_LAST        (SCRATCH + 0x4000)      ; for the fourth
%define PAE_TABLE       (SCRATCH + 0x5000)
%define IDT32           (SCRATCH + 0x6000)
%define BUFFER          (SCRATCH + 0x7000)
%define MAPPED          0x00C00000              ; an address that the small tables send to BUFFER
%define APIC_PHYSICAL   0xFEE00000
%define CR4_PSE         0x10
%define LARGE           0x80
%define REAL            0x8000                  ; where the 16-bit code is copied to
%define REAL_STACK      0x7C00
%define REAL_BUFFER     0x9000
%define VECTOR_SOFTWARE 0x40
%define IRQ0            PIC_BASE
%define EOI             0x20

; NOTE register: keeps a 32-bit value for the checks in 64-bit mode, in order.
%macro NOTE 1
        mov     dword [notes + note_index * 4], %1
%assign note_index note_index + 1
%endmacro

; NOTED "name", wanted: checks the next of the kept values.
%macro NOTED 2
        mov     eax, [notes + check_index * 4]
        mov     ecx, %2
        EXPECT_EQUAL %1, rax, rcx
%assign check_index check_index + 1
%endmacro

; FAULT32 instruction: as CATCH, for the 32-bit tables.
%macro FAULT32 1+
        mov     dword [vector32], -1
        mov     dword [resume32], %%after
        %1
%%after:
%endmacro

%assign note_index 0
%assign check_index 0

main:   call    pic_start
        call    apic_start
        mov     eax, [APIC_VERSION]
        mov     [apic_version], eax
        xor     eax, eax
        cpuid
        mov     [leaf0_eax], eax
        mov     [leaf0_ebx], ebx
        mov     al, 0xA5
        out     PIC1_DATA, al

        mov     ebx, compatibility_mode
        call    run_compatible
        NOTED   "compatibility mode: CPUID", [leaf0_ebx]
        NOTED   "compatibility mode: IN", 0xA5
        NOTED   "compatibility mode: APIC", [apic_version]

        call    make_idt32
        mov     ebx, protected_mode
        call    run_protected
        NOTED   "protected mode: no paging, protected", CR0_PE
        NOTED   "protected mode: EFER.LMA is clear", 0
        NOTED   "protected mode: CPUID", [leaf0_ebx]
        NOTED   "protected mode: IN", 0xA5
        NOTED   "protected mode: APIC", [apic_version]
        NOTED   "protected mode: REP INSB", 0xA5A5A5A5
        NOTED   "protected mode: INT", 1
        NOTED   "protected mode: #UD", VECTOR_UD
        NOTED   "protected mode: #GP", VECTOR_GP
        NOTED   "protected mode: its error code", 0x1230

        call    make_tables32
        mov     ebx, paging32
        call    run_protected
        NOTED   "32-bit paging: on", CR0_PE | CR0_PG | CR0_WP
        NOTED   "32-bit paging: a page elsewhere", 0x12345678
        NOTED   "32-bit paging: CPUID", [leaf0_ebx]
        NOTED   "32-bit paging: APIC", [apic_version]
        NOTED   "32-bit paging: APIC by a small page", [apic_version]
        NOTED   "32-bit paging: REP INSB", 0xA5A5A5A5
        NOTED   "32-bit paging: #PF", VECTOR_PF
        NOTED   "32-bit paging: its error code", 2
        NOTED   "32-bit paging: its CR2", MAPPED + 0x2345
        NOTED   "32-bit paging: a read-only page", 3

        call    make_tables_pae
        mov     ebx, paging_pae
        call    run_protected
        NOTED   "PAE: a page elsewhere", 0x12345678
        NOTED   "PAE: CPUID", [leaf0_ebx]
        NOTED   "PAE: APIC", [apic_version]
        NOTED   "PAE: APIC by a small page", [apic_version]
        NOTED   "PAE: REP INSB", 0xA5A5A5A5
        NOTED   "PAE: #PF", VECTOR_PF
        NOTED   "PAE: its CR2", MAPPED + 0x2345
        NOTED   "PAE: no execution", 0x11

        mov     esi, real_code
        mov     edi, REAL
        mov     ecx, real_code_end - real_code
        rep     movsb
        mov     ebx, real_mode
        call    run_protected
        NOTED   "16-bit protected mode: CPUID", [leaf0_ebx]
        NOTED   "16-bit protected mode: IN", 0xA5
        NOTED   "real mode: CR0.PE is clear", 0
        NOTED   "real mode: CPUID", [leaf0_ebx]
        NOTED   "real mode: IN", 0xA5
        NOTED   "real mode: REP INSB", 0xA5A5A5A5
        NOTED   "real mode: INT", 1
        NOTED   "real mode: #UD", 1
        NOTED   "real mode: APIC through FS with a 4 GiB limit", [apic_version]
        NOTED   "real mode: RDMSR", 0
        NOTED   "real mode: a segment's base is 16 times its selector", 0x600D
        NOTED   "real mode: HLT ended by the PIT", 1
        jmp     finish

; ---- the ways down and back ----

run_compatible:                         ; ebx: 32-bit code, called in compatibility mode
        mov     [saved_rsp], rsp
        push    CODE32
        push    .compatible
        o64 retf
        bits    32
.compatible:
        call    ebx
        jmp     CODE64:.long
        bits    64
.long:  mov     rsp, [saved_rsp]
        ret

run_protected:                          ; ebx: 32-bit code, called without paging
        mov     [saved_rsp], rsp
        push    CODE32
        push    .compatible
        o64 retf
        bits    32
.compatible:
        mov     eax, cr0
        and     eax, ~(CR0_PG | CR0_WP)
        mov     cr0, eax
        mov     ecx, MSR_EFER
        rdmsr
        and     eax, ~EFER_LME
        wrmsr
        mov     eax, cr4
        and     eax, ~(CR4_PAE | CR4_OSFXSR)
        mov     cr4, eax
        mov     eax, DATA
        mov     ds, eax
        mov     es, eax
        mov     fs, eax
        mov     ss, eax
        lidt    [idt32_pointer]
        call    ebx
        mov     dword [long_mode_target], .back
        jmp     enter_long_mode
        bits    64
.back:  mov     rsp, [saved_rsp]
        ret

; ---- compatibility and protected mode ----

        bits    32
compatibility_mode:
        xor     eax, eax
        cpuid
        NOTE    ebx
        xor     eax, eax
        in      al, PIC1_DATA
        NOTE    eax
        mov     eax, [APIC_PHYSICAL + 0x30]
        NOTE    eax
        ret

protected_mode:
        mov     eax, cr0
        and     eax, CR0_PG | CR0_PE
        NOTE    eax
        mov     ecx, MSR_EFER
        rdmsr
        and     eax, EFER_LMA
        NOTE    eax
        xor     eax, eax
        cpuid
        NOTE    ebx
        xor     eax, eax
        in      al, PIC1_DATA
        NOTE    eax
        mov     eax, [APIC_PHYSICAL + 0x30]
        NOTE    eax
        mov     edi, BUFFER
        call    insert_four
        mov     eax, [BUFFER]
        NOTE    eax
        mov     dword [interrupts32], 0
        int     VECTOR_SOFTWARE
        mov     eax, [interrupts32]
        NOTE    eax
        FAULT32 ud2
        mov     eax, [vector32]
        NOTE    eax
        mov     eax, 0x1230
        FAULT32 mov es, ax
        mov     eax, [vector32]
        NOTE    eax
        mov     eax, [error32]
        NOTE    eax
        ret

insert_four:
        mov     edx, PIC1_DATA
        mov     ecx, 4
        rep     insb
        ret

; ---- paging ----

%macro LOOK_PAGED 0
        mov     dword [BUFFER], 0x12345678
        mov     eax, [MAPPED]
        NOTE    eax
        xor     eax, eax
        cpuid
        NOTE    ebx
        mov     eax, [APIC_PHYSICAL + 0x30]
        NOTE    eax
        mov     eax, [MAPPED + 0x1030]
        NOTE    eax
        mov     edi, MAPPED + 0x100
        call    insert_four
        mov     eax, [BUFFER + 0x100]
        NOTE    eax
%endmacro

paging32:
        mov     eax, cr4
        or      eax, CR4_PSE
        mov     cr4, eax
        mov     eax, DIRECTORY32
        mov     cr3, eax
        mov     eax, cr0
        or      eax, CR0_PG | CR0_WP
        mov     cr0, eax
        jmp     .on
.on:    mov     eax, cr0
        and     eax, CR0_PG | CR0_PE | CR0_WP
        NOTE    eax
        LOOK_PAGED
        FAULT32 mov [MAPPED + 0x2345], eax
        mov     eax, [vector32]
        NOTE    eax
        mov     eax, [error32]
        NOTE    eax
        mov     eax, [cr2_32]
        NOTE    eax
        FAULT32 mov [MAPPED + 0x3000], eax
        mov     eax, [error32]
        NOTE    eax
        mov     eax, cr0
        and     eax, ~(CR0_PG | CR0_WP)
        mov     cr0, eax
        mov     eax, cr4
        and     eax, ~CR4_PSE
        mov     cr4, eax
        ret

paging_pae:
        mov     eax, cr4
        or      eax, CR4_PAE
        mov     cr4, eax
        mov     eax, PAE_POINTERS
        mov     cr3, eax
        mov     eax, cr0
        or      eax, CR0_PG | CR0_WP
        mov     cr0, eax
        jmp     .on
.on:    LOOK_PAGED
        FAULT32 mov [MAPPED + 0x2345], eax
        mov     eax, [vector32]
        NOTE    eax
        mov     eax, [cr2_32]
        NOTE    eax
        mov     ebx, MAPPED + 0x3000
        mov     ebp, esp
        FAULT32 call ebx
        mov     esp, ebp
        mov     eax, [error32]
        NOTE    eax
        mov     eax, cr0
        and     eax, ~(CR0_PG | CR0_WP)
        mov     cr0, eax
        ret

        bits    64
make_tables32:                          ; the first 4 MiB and the APICs as they are; MAPPED by small pages
        mov     dword [DIRECTORY32], LARGE | 3
        mov     dword [DIRECTORY32 + (APIC_PHYSICAL >> 22) * 4], (APIC_PHYSICAL & 0xFFC00000) | LARGE | 0x1B
        mov     dword [DIRECTORY32 + (MAPPED >> 22) * 4], TABLE32 + 3
        mov     dword [TABLE32], BUFFER + 3
        mov     dword [TABLE32 + 4], APIC_PHYSICAL + 0x1B
        mov     dword [TABLE32 + 12], BUFFER + 1
        ret

make_tables_pae:
        mov     dword [PAE_POINTERS], PAE_DIRECTORY + 1
        mov     dword [PAE_POINTERS + 24], PAE_LAST + 1
        mov     dword [PAE_DIRECTORY], LARGE | 3
        mov     dword [PAE_DIRECTORY + 8], 0x200000 | LARGE | 3
        mov     dword [PAE_DIRECTORY + (MAPPED >> 21) * 8], PAE_TABLE + 3
        mov     dword [PAE_LAST + ((APIC_PHYSICAL >> 21) & 0x1FF) * 8], APIC_PHYSICAL | LARGE | 0x1B
        mov     dword [PAE_TABLE], BUFFER + 3
        mov     dword [PAE_TABLE + 8], APIC_PHYSICAL + 0x1B
        mov     dword [PAE_TABLE + 24], BUFFER + 1
        mov     dword [PAE_TABLE + 28], 0x80000000
        ret

; ---- the 32-bit interrupt table ----

make_idt32:
        mov     edi, IDT32 + VECTOR_UD * 8
        mov     eax, on_ud32
        call    .gate
        mov     edi, IDT32 + VECTOR_GP * 8
        mov     eax, on_gp32
        call    .gate
        mov     edi, IDT32 + VECTOR_PF * 8
        mov     eax, on_pf32
        call    .gate
        mov     edi, IDT32 + VECTOR_SOFTWARE * 8
        mov     eax, on_software32
.gate:  mov     [rdi], ax
        mov     word [rdi + 2], CODE32
        mov     word [rdi + 4], 0x8E00
        shr     eax, 16
        mov     [rdi + 6], ax
        ret

        bits    32
on_ud32:
        mov     dword [vector32], VECTOR_UD
        jmp     leave32
on_gp32:
        pop     dword [error32]
        mov     dword [vector32], VECTOR_GP
        jmp     leave32
on_pf32:
        pop     dword [error32]
        mov     dword [vector32], VECTOR_PF
        push    eax
        mov     eax, cr2
        mov     [cr2_32], eax
        pop     eax
leave32:
        push    eax
        mov     eax, [resume32]
        mov     [esp + 4], eax
        pop     eax
        iret

on_software32:
        inc     dword [interrupts32]
        iret

; ---- real mode ----

%define HERE(label)     (REAL + label - real_code)

real_mode:
        mov     dword [VECTOR_SOFTWARE * 4], HERE(on_software16)
        mov     dword [VECTOR_UD * 4], HERE(on_ud16)
        mov     dword [IRQ0 * 4], HERE(on_irq0)
        mov     [saved_esp], esp
        jmp     CODE16:HERE(real_code)

        bits    16
real_code:                              ; copied to REAL; in a 16-bit segment of protected mode at first
        mov     ax, DATA16
        mov     ds, ax
        mov     es, ax
        mov     gs, ax                  ; real mode keeps its limit, and a null selector has none
        mov     ss, ax
        mov     gs, ax                  ; real mode loads a base and no more: the limit is that of here
        mov     sp, REAL_STACK
        xor     eax, eax
        cpuid
        mov     edi, HERE(.kept)
        mov     [di], ebx
        xor     eax, eax
        in      al, PIC1_DATA
        mov     [di + 4], eax
        lidt    [HERE(.idt_pointer)]
        mov     eax, cr0
        and     eax, ~CR0_PE
        mov     cr0, eax
        jmp     0:HERE(.real)
.real:  xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax                  ; FS keeps the flat segment's base and limit
        mov     di, HERE(.kept) + 8
        cld
        mov     eax, cr0
        and     eax, CR0_PE
        stosd
        xor     eax, eax
        cpuid
        mov     eax, ebx
        stosd
        xor     eax, eax
        in      al, PIC1_DATA
        stosd
        push    di
        mov     di, REAL_BUFFER
        mov     dx, PIC1_DATA
        mov     cx, 4
        rep     insb
        pop     di
        mov     eax, [REAL_BUFFER]
        stosd
        int     VECTOR_SOFTWARE
        movzx   eax, byte [HERE(.interrupts)]
        stosd
        ud2
        movzx   eax, byte [HERE(.undefined)]
        stosd
        mov     eax, [dword fs:APIC_PHYSICAL + 0x30]
        stosd
        mov     ecx, MSR_EFER
        rdmsr
        and     eax, EFER_LMA | EFER_LME
        stosd
        mov     ax, REAL_BUFFER / 16 + 1
        mov     gs, ax
        mov     dword [REAL_BUFFER + 0x14], 0x600D
        mov     eax, [gs:4]
        stosd
        mov     al, 0xFE
        out     PIC1_DATA, al
        mov     al, 0x30                ; PIT channel 0, mode 0: one interrupt
        out     PIT_CONTROL, al
        mov     al, 200
        out     PIT_CHANNEL0, al
        mov     byte [HERE(.ticks)], 0
        mov     al, 0
        out     PIT_CHANNEL0, al
        sti                             ; without HLT, see the PIT in apic.asm
.wait:  cmp     byte [HERE(.ticks)], 0
        je      .wait
        cli
        movzx   eax, byte [HERE(.ticks)]
        stosd
        mov     al, 0xFF
        out     PIC1_DATA, al
        mov     eax, cr0
        or      eax, CR0_PE
        mov     cr0, eax
        jmp     dword CODE32:real_mode_back

on_software16:
        inc     byte [HERE(real_code.interrupts)]
        iret
on_ud16:
        inc     byte [HERE(real_code.undefined)]
        push    bp
        mov     bp, sp
        add     word [bp + 2], 2        ; UD2's length
        pop     bp
        iret
on_irq0:
        inc     byte [HERE(real_code.ticks)]
        mov     al, EOI
        out     PIC1_COMMAND, al
        iret

        align   4
real_code.kept:         times 12 dd 0
real_code.idt_pointer:  dw 0x3FF
                        dd 0
real_code.interrupts:   db 0
real_code.undefined:    db 0
real_code.ticks:        db 0
real_code_end:

        bits    32
real_mode_back:
        mov     eax, DATA
        mov     ds, eax
        mov     es, eax
        mov     fs, eax
        mov     gs, eax
        mov     ss, eax
        mov     esp, [saved_esp]
        mov     esi, HERE(real_code.kept)
        mov     edi, notes + note_index * 4
        mov     ecx, 12
        rep     movsd
        ret
        bits    64

        section .data
        align   8
saved_rsp:      dq 0
saved_esp:      dd 0
apic_version:   dd 0
leaf0_eax:      dd 0
leaf0_ebx:      dd 0
resume32:       dd 0
vector32:       dd 0
error32:        dd 0
cr2_32:         dd 0
interrupts32:   dd 0
idt32_pointer:  dw (VECTOR_SOFTWARE + 1) * 8 - 1
                dd IDT32
                dd 0
notes:          times 64 dd 0
        section .text
