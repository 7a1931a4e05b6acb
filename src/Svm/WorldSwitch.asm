; The world switch of AMD-V (AMD APM vol. 2, 15.5).
; Microsoft x64 ABI. None of it is interrupted: interrupts are off, and within the switch GIF is clear, so that NMIs wait as well.

        default rel
        bits 64

; GeneralRegisters of Core: the encodings' order. RAX and RSP are switched by VMRUN itself.
GPR_RCX         equ 1 * 8
GPR_RDX         equ 2 * 8
GPR_RBX         equ 3 * 8
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

; As in Host's Cpu.asm: an exception at the first label goes on at the second.
%macro fixup 2
        section .rdata$fixup_m rdata align=4
        dd      %1 wrt ..imagebase, %2 wrt ..imagebase
        section .text
%endmacro

        section .text

        global  SvmEnter
; void SvmEnter(rcx = GeneralRegisters*, rdx = HPA of the guest's VMCB, r8 = 6 vectors of 16 bytes, r9 = HPA of the host's VMCB)
; Runs the guest until it exits. C# uses xmm0-5 and no others, so those alone change hands here. VMRUN and #VMEXIT leave FS, GS, TR, LDTR and the
; MSRs of SYSCALL and SYSENTER to VMLOAD and VMSAVE: the host's are back before any C# runs.
; RFLAGS.IF is set for the guest's time, as with V_INTR_MASKING it says whether physical interrupts exit; with GIF clear none is taken here.
        align   16
SvmEnter:
        push    rbx
        push    rbp
        push    rsi
        push    rdi
        push    r12
        push    r13
        push    r14
        push    r15
        push    r9
        push    r8
        push    rcx
        clgi
        sti
        movups  xmm0, [r8]
        movups  xmm1, [r8 + 16]
        movups  xmm2, [r8 + 32]
        movups  xmm3, [r8 + 48]
        movups  xmm4, [r8 + 64]
        movups  xmm5, [r8 + 80]
        mov     rax, rdx
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
        vmload
        vmrun
.exited:
        ; #VMEXIT brought the host's RAX and RSP back. Bochs 2.7 also brings a guest's single step that was due: it goes nowhere.
        fixup   SvmEnter.exited, SvmEnter.exited
        vmsave
        pop     rax
        mov     [rax + GPR_RCX], rcx
        mov     [rax + GPR_RDX], rdx
        mov     [rax + GPR_RBX], rbx
        mov     [rax + GPR_RBP], rbp
        mov     [rax + GPR_RSI], rsi
        mov     [rax + GPR_RDI], rdi
        mov     [rax + GPR_R8], r8
        mov     [rax + GPR_R9], r9
        mov     [rax + GPR_R10], r10
        mov     [rax + GPR_R11], r11
        mov     [rax + GPR_R12], r12
        mov     [rax + GPR_R13], r13
        mov     [rax + GPR_R14], r14
        mov     [rax + GPR_R15], r15
        pop     rcx
        movups  [rcx], xmm0
        movups  [rcx + 16], xmm1
        movups  [rcx + 32], xmm2
        movups  [rcx + 48], xmm3
        movups  [rcx + 64], xmm4
        movups  [rcx + 80], xmm5
        pop     rax
        vmload
        cli
        stgi
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rdi
        pop     rsi
        pop     rbp
        pop     rbx
        ret

        global  SvmSetCr2
; void SvmSetCr2(rcx = value)
SvmSetCr2:
        mov     cr2, rcx
        ret

        global  SvmSaveHost
; void SvmSaveHost(rcx = HPA of the host's VMCB)
SvmSaveHost:
        mov     rax, rcx
        vmsave
        ret
