//! Errors of more than one module, in both languages.

use std::path::Path;

use units::{Localized, localized};

pub(crate) fn cannot_read(path: &Path) -> Localized {
    let path = path.display();
    localized!("cannot read {path}", "无法读取 {path}")
}

pub(crate) fn cannot_write(path: &Path) -> Localized {
    let path = path.display();
    localized!("cannot write {path}", "无法写入 {path}")
}

pub(crate) fn cannot_create_folder(path: &Path) -> Localized {
    let path = path.display();
    localized!("cannot create the folder {path}", "无法创建文件夹 {path}")
}

pub(crate) fn cannot_start(program: &Path) -> Localized {
    let program = program.display();
    localized!("cannot start {program}", "无法启动 {program}")
}

pub(crate) fn cannot_start_cargo() -> Localized {
    localized!(
        "cannot start cargo, which compiles the programs",
        "无法启动用来编译程序的 cargo",
    )
}
