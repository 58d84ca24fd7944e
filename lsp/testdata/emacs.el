;; A session of Emacs with the server, for editors_test.go, by the settings in the file that NIXSIFT_SETTINGS names.
;; NIXSIFT_CLIENT is eglot or lsp-mode; a.nix in the working directory has two mistakes. Ends with status 0 if both are shown.

(setq debug-on-error t make-backup-files nil auto-save-default nil create-lockfiles nil)
(require 'package)
(package-initialize)
(define-derived-mode nix-mode prog-mode "Nix")
(add-to-list 'auto-mode-alist '("\\.nix\\'" . nix-mode))
(defvar client (intern (getenv "NIXSIFT_CLIENT")))
(require client)
(require 'flymake)
(setq-default lsp-auto-guess-root t lsp-session-file (expand-file-name "session" "~") lsp-enable-snippet nil)
(load (getenv "NIXSIFT_SETTINGS") nil t t)

(find-file "a.nix")
;; Both clients wait for the editor to be idle, which a batch never is.
(if (eq client 'lsp-mode)
    (lsp)
  (run-hooks 'post-command-hook))

(defun shown ()
  "The codes or texts of what the editor shows."
  (if (eq client 'eglot)
      (mapconcat #'flymake-diagnostic-text (flymake-diagnostics) " ")
    (let (codes)
      (maphash (lambda (_ found) (dolist (d found) (push (format "%s" (lsp:diagnostic-code? d)) codes))) (lsp-diagnostics))
      (string-join codes " "))))

(let ((limit (+ (float-time) 120)))
  (while (not (and (string-match-p "attrpath-extra-dot" (shown)) (string-match-p "missing-path" (shown))))
    (when (> (float-time) limit)
      (error "Not shown in time: %s" (shown)))
    (accept-process-output nil 0.1)
    (when (eq client 'eglot)
      (flymake-start))))
(if (eq client 'eglot)
    (eglot-shutdown (eglot-current-server))
  (lsp-workspace-shutdown (car (lsp-workspaces))))
(kill-emacs 0)
