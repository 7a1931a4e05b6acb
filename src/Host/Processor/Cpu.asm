; Single privileged instructions, for Lamina.Host.Instructions. Microsoft x64 ABI: rcx, rdx, r8, r9; result in rax.
; None touches a callee-saved register (cpuid's rbx and outsb's rsi are kept) or the stack, so none needs unwind data.
%include "src/Hypervisor.Core/Assembly.inc"

        section .rdata$fixup_a rdata align=4
fixups_begin:
        section .rdata$fixup_z rdata align=4
fixups_end:

        section .rdata$fatal_a rdata align=4
fatal_begin:
        section .rdata$fatal_z rdata align=4
fatal_end:

        section .text
        guarded HostExpireGuarded, HostExpire
        guarded HostWorkGuarded, HostWork

stub HostFatalBegin
        lea     rax, [fatal_begin]
        ret
stub HostFatalEnd
        lea     rax, [fatal_end]
        ret
stub HostFixupsBegin
        lea     rax, [fixups_begin]
        ret
stub HostFixupsEnd
        lea     rax, [fixups_end]
        ret

; ---- ports: (port) -> value, (port, value) ----
%macro input 2
stub %1
        mov     edx, ecx
        xor     eax, eax
        in      %2, dx
        ret
%endmacro
%macro output 2
stub %1
        mov     eax, edx
        mov     edx, ecx
        out     dx, %2
        ret
%endmacro
        input   HostIn8, al
        input   HostIn16, ax
        input   HostIn32, eax
        output  HostOut8, al
        output  HostOut16, ax
        output  HostOut32, eax

; (port, address of the bytes, their number); the direction flag is clear, as the ABI has it
stub HostOutString8
        mov     rax, rsi
        mov     rsi, rdx
        mov     edx, ecx
        mov     rcx, r8
        rep outsb
        mov     rsi, rax
        ret

; ---- model-specific registers ----
stub HostReadMsr
        rdmsr
        shl     rdx, 32
        or      rax, rdx
        ret
stub HostWriteMsr
        mov     rax, rdx
        shr     rdx, 32
        wrmsr
        ret
stub HostTryReadMsr                 ; (msr, ulong* value) -> bool
        mov     r8, rdx
try_rdmsr:
        rdmsr
        shl     rdx, 32
        or      rax, rdx
        mov     [r8], rax
        mov     eax, 1
        ret
try_rdmsr_fault:
        xor     eax, eax
        mov     [r8], rax
        ret
        fixup   try_rdmsr, try_rdmsr_fault
stub HostTryWriteMsr                 ; (msr, ulong value) -> bool
        mov     rax, rdx
        shr     rdx, 32
try_wrmsr:
        wrmsr
        mov     eax, 1
        ret
try_fault:
        xor     eax, eax
        ret
        fixup   try_wrmsr, try_fault

; ---- control registers and descriptor tables ----
        single  HostWriteCr0, mov cr0, rcx
        single  HostReadCr2, mov rax, cr2
        single  HostReadCr3, mov rax, cr3
        single  HostWriteCr3, mov cr3, rcx
        single  HostReadCr4, mov rax, cr4
        single  HostWriteCr4, mov cr4, rcx
        single  HostLoadIdt, lidt [rcx]
        single  HostDisableInterrupts, cli
        single  HostPause, pause
stub HostFenceMemory
        mfence
        lfence
        ret
        single  HostUndefined, ud2      ; raises #UD: the way of a corelib fault into the panic
stub HostLoadGdt                 ; (descriptor, code selector, data selector, task selector)
        lgdt    [rcx]
        mov     ss, r8d
        mov     ds, r8d
        mov     es, r8d
        xor     eax, eax
        mov     fs, eax
        mov     gs, eax
        ltr     r9w
        pop     rax
        push    rdx
        push    rax
        retfq

; ---- the rest ----
stub HostCpuId                 ; (leaf, subleaf, uint[4]* eax, ebx, ecx, edx)
        mov     r9, rbx
        mov     r10, r8
        mov     eax, ecx
        mov     ecx, edx
        cpuid
        mov     [r10], eax
        mov     [r10 + 4], ebx
        mov     [r10 + 8], ecx
        mov     [r10 + 12], edx
        mov     rbx, r9
        ret
stub HostReadTimestamp
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        ret
%macro random 2                     ; (ulong* value) -> bool: CF says whether there was one; the value is 0 if not
stub %1
        xor     eax, eax
        %2      rdx
        mov     [rcx], rdx
        setc    al
        ret
%endmacro
        random  HostTryReadSeed, rdseed
        random  HostTryReadRandom, rdrand
stub HostTakeInterrupts                 ; sti holds interrupts off for one instruction: they come at cli
        sti
        nop
        cli
        ret
        single  HostCurrentCpu, mov rax, [gs:0]  ; the first word of the CPU's own block: see DescriptorTables.cs
stub HostWaitForInterrupt                 ; sti holds interrupts off for one instruction: none slips in before hlt
        sti
        hlt
        cli
        ret
stub HostHalt
        cli
        hlt
        jmp     HostHalt
