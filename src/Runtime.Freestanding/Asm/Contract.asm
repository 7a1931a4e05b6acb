; The rest of what the compiler and the corelib call by name.

        default rel
        bits 64
        section .text

        global  RuntimeHalt
RuntimeHalt:
        cli
        hlt
        jmp     RuntimeHalt

        global  RuntimePause
RuntimePause:
        pause
        ret

        global  RuntimeCurrentCpu
; rax = this CPU's APIC ID + 1. CPUID is slow, and guests cannot make anyone come here (SDM 2, CPUID leaves 1 and 0Bh).
RuntimeCurrentCpu:
        push    rbx
        xor     eax, eax
        cpuid
        cmp     eax, 0x0B
        jb      .short
        mov     eax, 0x0B
        xor     ecx, ecx
        cpuid
        test    ebx, ebx                ; no topology: the leaf is not there
        jz      .short
        lea     eax, [rdx + 1]
        pop     rbx
        ret
.short: mov     eax, 1
        cpuid
        shr     ebx, 24
        lea     eax, [rbx + 1]
        pop     rbx
        ret

        global  RuntimeMultiply
; rax = high half of rcx * rdx, [r8] = low half
RuntimeMultiply:
        mov     rax, rcx
        mul     rdx
        mov     [r8], rax
        mov     rax, rdx
        ret

        global  RuntimeHighestSetBit
RuntimeHighestSetBit:
        bsr     rax, rcx
        ret

        global  RuntimeLowestSetBit
RuntimeLowestSetBit:
        bsf     rax, rcx
        ret

        global  RhpStackProbe
; The stacks are mapped whole and the auditor knows each one's depth: there is nothing to probe.
RhpStackProbe:
        ret

        global  RhpPInvoke
        global  RhpPInvokeReturn
        global  RhpReversePInvoke
        global  RhpReversePInvokeReturn
; Transitions between managed and unmanaged code: nothing collects, so they mean nothing.
RhpPInvoke:
RhpPInvokeReturn:
RhpReversePInvoke:
RhpReversePInvokeReturn:
        ret

        extern  RuntimeStart
        global  RuntimeInitialize
; void RuntimeInitialize(rcx = zeroed memory for the boot arena, rdx = its size): once, before any other C# that allocates or
; touches a static reference. The linker sorts the pieces of .modules by what follows the $.
RuntimeInitialize:
        lea     r8, [modulesFirst]
        lea     r9, [modulesEnd]
        jmp     RuntimeStart

        section .modules$A rdata align=8
modulesFirst:
        section .modules$Z rdata align=8
modulesEnd:

        section .rdata rdata align=8
        global  __security_cookie
; A function with a stackalloc puts this on its stack and looks whether it is still there. A constant: it tells a stray write, and
; is no secret.
__security_cookie:
        dq      0x00004C414D494E41
