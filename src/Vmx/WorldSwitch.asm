; The world switch of VT-x, and the instructions of VMX (Intel SDM vol. 3, chapters 26 to 28 and 31). Microsoft x64 ABI, interrupts off.

        default rel
        bits 64

; GeneralRegisters of Core: the encodings' order.
GPR_RAX         equ 0 * 8
GPR_RCX         equ 1 * 8
GPR_RDX         equ 2 * 8
GPR_RBX         equ 3 * 8
GPR_RSP         equ 4 * 8
GPR_RBP         equ 5 * 8
GPR_RSI         equ 6 * 8
GPR_RDI         equ 7 * 8
GPR_R8          equ 8 * 8
GPR_R9          equ 9 * 8
GPR_R10         equ 10 * 8
GPR_R11         equ 11 * 8
GPR_R12         equ 12 * 8
GPR_R13         equ 13 * 8
GPR_R14         equ 14 * 8
GPR_R15         equ 15 * 8

; ExitFields.
EXIT_RIP                equ 0 * 8
EXIT_RSP                equ 1 * 8
EXIT_RFLAGS             equ 2 * 8
EXIT_INTERRUPTIBILITY   equ 3 * 8
EXIT_REASON             equ 4 * 8
EXIT_QUALIFICATION      equ 5 * 8
EXIT_LENGTH             equ 6 * 8
EXIT_IDT_VECTORING      equ 7 * 8
EXIT_HOST_RSP           equ 8 * 8

; Encodings of VMCS fields (appendix B).
GUEST_INTERRUPTIBILITY  equ 0x4824
EXIT_REASON_FIELD       equ 0x4402
IDT_VECTORING           equ 0x4408
INSTRUCTION_LENGTH      equ 0x440C
QUALIFICATION           equ 0x6400
GUEST_RSP               equ 0x681C
GUEST_RIP               equ 0x681E
GUEST_RFLAGS            equ 0x6820
HOST_RSP                equ 0x6C14

        section .text

        global  VmxEnter
        global  VmxExitPoint
; ulong VmxEnter(rcx = GeneralRegisters*, rdx = ExitFields*, r8 = 6 vectors of 16 bytes, r9 = 0: VMLAUNCH, else VMRESUME)
; Runs the guest of the current VMCS until it exits; RIP, RSP and RFLAGS are in the VMCS already. Returns 0, or 1 when the CPU refused to enter for what
; stands in the VMCS (VMfailValid: the instruction error says why), 2 when there is no VMCS (VMfailInvalid).
; C# uses xmm0-5 and no others, so those alone change hands here. VM exits load the host's segments, tables and CR3 from the VMCS.
        align   16
VmxEnter:
        push    rbx
        push    rbp
        push    rsi
        push    rdi
        push    r12
        push    r13
        push    r14
        push    r15
        push    r8
        push    rdx
        push    rcx
        cmp     rsp, [rdx + EXIT_HOST_RSP]
        je      .same_stack             ; nearly always: the loop calls from the same depth
        mov     [rdx + EXIT_HOST_RSP], rsp
        mov     eax, HOST_RSP
        vmwrite rax, rsp
.same_stack:
        movups  xmm0, [r8]
        movups  xmm1, [r8 + 16]
        movups  xmm2, [r8 + 32]
        movups  xmm3, [r8 + 48]
        movups  xmm4, [r8 + 64]
        movups  xmm5, [r8 + 80]
        test    r9, r9                  ; MOV leaves the flags alone
        mov     rax, [rcx + GPR_RAX]
        mov     rdx, [rcx + GPR_RDX]
        mov     rbx, [rcx + GPR_RBX]
        mov     rbp, [rcx + GPR_RBP]
        mov     rsi, [rcx + GPR_RSI]
        mov     rdi, [rcx + GPR_RDI]
        mov     r8, [rcx + GPR_R8]
        mov     r9, [rcx + GPR_R9]
        mov     r10, [rcx + GPR_R10]
        mov     r11, [rcx + GPR_R11]
        mov     r12, [rcx + GPR_R12]
        mov     r13, [rcx + GPR_R13]
        mov     r14, [rcx + GPR_R14]
        mov     r15, [rcx + GPR_R15]
        mov     rcx, [rcx + GPR_RCX]
        jz      .launch
        vmresume
        jmp     .refused
.launch:
        vmlaunch
.refused:                               ; CF: VMfailInvalid, ZF: VMfailValid. No register has changed.
        mov     eax, 1
        mov     ecx, 2
        cmovc   eax, ecx
        add     rsp, 3 * 8
        jmp     Return

; The host's RIP in every VMCS; the host's RSP is that of the entry.
        align   16
VmxExitPoint:
        xchg    rcx, [rsp]              ; GeneralRegisters*; the guest's RCX
        mov     [rcx + GPR_RAX], rax
        mov     [rcx + GPR_RDX], rdx
        pop     rax
        mov     [rcx + GPR_RCX], rax
        pop     rdx                     ; ExitFields*
        mov     [rcx + GPR_RBX], rbx
        mov     [rcx + GPR_RBP], rbp
        mov     [rcx + GPR_RSI], rsi
        mov     [rcx + GPR_RDI], rdi
        mov     [rcx + GPR_R8], r8
        mov     [rcx + GPR_R9], r9
        mov     [rcx + GPR_R10], r10
        mov     [rcx + GPR_R11], r11
        mov     [rcx + GPR_R12], r12
        mov     [rcx + GPR_R13], r13
        mov     [rcx + GPR_R14], r14
        mov     [rcx + GPR_R15], r15
        pop     rax                     ; the vectors
        movups  [rax], xmm0
        movups  [rax + 16], xmm1
        movups  [rax + 32], xmm2
        movups  [rax + 48], xmm3
        movups  [rax + 64], xmm4
        movups  [rax + 80], xmm5
        mov     eax, GUEST_RSP
        vmread  r8, rax
        mov     [rcx + GPR_RSP], r8
        mov     [rdx + EXIT_RSP], r8
        mov     eax, GUEST_RIP
        vmread  [rdx + EXIT_RIP], rax
        mov     eax, GUEST_RFLAGS
        vmread  [rdx + EXIT_RFLAGS], rax
        mov     eax, GUEST_INTERRUPTIBILITY
        vmread  [rdx + EXIT_INTERRUPTIBILITY], rax
        mov     eax, EXIT_REASON_FIELD
        vmread  [rdx + EXIT_REASON], rax
        mov     eax, QUALIFICATION
        vmread  [rdx + EXIT_QUALIFICATION], rax
        mov     eax, INSTRUCTION_LENGTH
        vmread  [rdx + EXIT_LENGTH], rax
        mov     eax, IDT_VECTORING
        vmread  [rdx + EXIT_IDT_VECTORING], rax
        xor     eax, eax
Return:
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rdi
        pop     rsi
        pop     rbp
        pop     rbx
        ret

        global  VmxGetExitPoint
; ulong VmxGetExitPoint()
VmxGetExitPoint:
        lea     rax, [VmxExitPoint]
        ret

; Each of these says whether the instruction worked: 1, or 0 with CF or ZF set (31.2).
%macro Succeeds 0
        seta    al
        movzx   eax, al
        ret
%endmacro

        global  VmxOn
; bool VmxOn(rcx = HPA of the VMXON region)
VmxOn:
        mov     [rsp + 8], rcx
        vmxon   [rsp + 8]
        Succeeds

        global  VmxClear
; bool VmxClear(rcx = HPA of a VMCS)
VmxClear:
        mov     [rsp + 8], rcx
        vmclear [rsp + 8]
        Succeeds

        global  VmxSelect
; bool VmxSelect(rcx = HPA of a VMCS): VMPTRLD
VmxSelect:
        mov     [rsp + 8], rcx
        vmptrld [rsp + 8]
        Succeeds

        global  VmxRead
; ulong VmxRead(rcx = encoding): 0 when the CPU has no such field
VmxRead:
        xor     eax, eax
        vmread  rax, rcx
        ret

        global  VmxWrite
; bool VmxWrite(rcx = encoding, rdx = value)
VmxWrite:
        vmwrite rcx, rdx
        Succeeds

        global  VmxInvalidateEpt
; bool VmxInvalidateEpt(rcx = type, rdx = EPT pointer)
VmxInvalidateEpt:
        mov     [rsp + 8], rdx
        mov     qword [rsp + 16], 0
        invept  rcx, [rsp + 8]
        Succeeds

        global  VmxInvalidateVpid
; bool VmxInvalidateVpid(rcx = type, rdx = VPID)
VmxInvalidateVpid:
        mov     [rsp + 8], rdx
        mov     qword [rsp + 16], 0
        invvpid rcx, [rsp + 8]
        Succeeds

        global  VmxTakeNmi
; void VmxTakeNmi(): the NMI that an exit has consumed goes through our own IDT, whose IRET ends the blocking of NMIs.
VmxTakeNmi:
        int     2
        ret

        global  VmxGetCr0
VmxGetCr0:
        mov     rax, cr0
        ret

        global  VmxSetCr0
VmxSetCr0:
        mov     cr0, rcx
        ret

        global  VmxGetCr2
VmxGetCr2:
        mov     rax, cr2
        ret

        global  VmxSetCr2
VmxSetCr2:
        mov     cr2, rcx
        ret

        global  VmxGetCr3
VmxGetCr3:
        mov     rax, cr3
        ret

        global  VmxGetCr4
VmxGetCr4:
        mov     rax, cr4
        ret

        global  VmxSetCr4
VmxSetCr4:
        mov     cr4, rcx
        ret

        global  VmxGetDr6
VmxGetDr6:
        mov     rax, dr6
        ret

        global  VmxSetDr6
VmxSetDr6:
        mov     dr6, rcx
        ret

        global  VmxGetSelectors
; void VmxGetSelectors(rcx = HostSelectors*)
VmxGetSelectors:
        sgdt    [rcx]
        sidt    [rcx + 10]
        mov     [rcx + 20], es
        mov     [rcx + 22], cs
        mov     [rcx + 24], ss
        mov     [rcx + 26], ds
        mov     [rcx + 28], fs
        mov     [rcx + 30], gs
        str     [rcx + 32]
        ret
