; How another CPU comes up (AMD APM vol. 2, 15.27.8 and 16.5; Intel SDM vol. 3, 9.4): a start-up message begins it at offset 0 of a page below 1 MiB, in real mode.
; The code is copied there, with the block that it reads. It goes straight to long mode, by page tables of its own that also map these pages to themselves.
        default rel

CR0_PE          equ 1 << 0
CR0_ET          equ 1 << 4
CR0_PG          equ 1 << 31
CR4_PAE         equ 1 << 5
MISC_ENABLE     equ 0x1A0               ; of Intel
EFER            equ 0xC0000080
EFER_LME        equ 1 << 8
EFER_NXE        equ 1 << 11
CODE            equ 0x08
DATA            equ 0x10

        section .rdata rdata align=16
        bits    16
trampoline:
        cli
        cld
        mov     ax, cs
        mov     ds, ax
        o32 lgdt [gdt_pointer - trampoline]
        mov     eax, CR4_PAE
        mov     cr4, eax
        mov     eax, [block.root - trampoline]
        mov     cr3, eax
        mov     ecx, [block.limits - trampoline]
        or      ecx, [block.limits + 4 - trampoline]
        jz      .no_limits
        mov     ecx, MISC_ENABLE
        rdmsr
        mov     esi, [block.limits - trampoline]
        not     esi
        and     eax, esi
        mov     esi, [block.limits + 4 - trampoline]
        not     esi
        and     edx, esi
        wrmsr
.no_limits:
        mov     ecx, EFER
        rdmsr
        or      eax, EFER_LME | EFER_NXE
        wrmsr
        mov     eax, CR0_PE | CR0_ET | CR0_PG
        mov     cr0, eax
        jmp     far dword [block.long_mode - trampoline]

        bits    64
long_mode:
        mov     eax, DATA
        mov     ss, eax
        mov     ds, eax
        mov     es, eax
        mov     rsp, [block.stack]
        mov     rcx, [block.host_root]
        jmp     [block.entry]

        align   8
gdt:    dq      0
        dq      0x00209A0000000000      ; 64-bit code
        dq      0x0000920000000000      ; data
gdt_pointer:
        dw      $ - gdt - 1
.base:  dd      gdt - trampoline        ; from here to the end: relative to the page, until C# adds that

        align   8
; TrampolineBlock of Host.
block:
.long_mode:     dd long_mode - trampoline, CODE
.gdt:           dd gdt_pointer.base - trampoline
.root:          dd 0
.host_root:     dq 0
.stack:         dq 0
.entry:         dq HostProcessorEntry
.limits:        dq 0
trampoline_end:

        section .text
        extern  HostProcessorStarted
        global  HostTrampoline, HostTrampolineEnd, HostTrampolineBlock
HostTrampoline:
        lea     rax, [trampoline]
        ret
HostTrampolineEnd:
        lea     rax, [trampoline_end]
        ret
HostTrampolineBlock:
        lea     rax, [block]
        ret

; rcx = the host's root table. On its own stack the CPU goes on in C#, for good.
HostProcessorEntry:
        mov     cr3, rcx
        xor     ebp, ebp
        sub     rsp, 32
        push    rbp                     ; the unwinder ends at a return address of 0
        jmp     HostProcessorStarted
