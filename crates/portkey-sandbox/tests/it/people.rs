//! Users, invitations and members of workspaces.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

async fn user(admin: &Client, name: &str) -> Value {
    let path = format!("/admin/users?email={name}@northwind.example");
    admin.get(&path).await["data"][0].clone()
}

#[tokio::test]
async fn people_are_paged_by_their_own_parameters() {
    let admin = sandbox().await;
    let page = admin.get("/admin/users?currentPage=1&pageSize=5").await;
    assert_eq!(page["total"], 8);
    assert_eq!(each(&page, "email").len(), 3);
    let all = admin.get("/admin/users?current_page=1&page_size=5").await;
    assert_eq!(
        each(&all, "email").len(),
        8,
        "the usual spelling means nothing here"
    );
    let owners = admin.get("/admin/users?role=owner").await;
    assert_eq!(each(&owners, "email"), ["ada@northwind.example"]);
    admin
        .refusal("GET", "/admin/users?role=king", json!({}))
        .await
        .is(400, "AB01", "`role`");
}

#[tokio::test]
async fn a_role_changes_but_not_to_itself() {
    let admin = sandbox().await;
    let hugo = user(&admin, "hugo").await;
    assert_eq!(hugo["workspace_ids"].as_array().unwrap().len(), 1);
    let path = format!("/admin/users/{}", hugo["id"].as_str().unwrap());
    let refused = admin
        .refusal("PUT", &path, json!({ "role": "member" }))
        .await;
    refused.is(400, "AB01", "`role`");
    assert_eq!(
        admin.put(&path, json!({ "role": "admin" })).await,
        json!({})
    );
    let hugo = admin.get(&path).await;
    assert_eq!(hugo["role"], "admin");
    assert_eq!(hugo["workspace_ids"].as_array().unwrap().len(), 3);
    admin
        .refusal("PUT", &path, json!({ "role": "owner" }))
        .await
        .is(400, "AB01", "`role`");
}

#[tokio::test]
async fn who_leaves_takes_memberships_and_keys_along() {
    let admin = sandbox().await;
    let grace = user(&admin, "grace").await;
    let path = format!("/admin/users/{}", grace["id"].as_str().unwrap());
    let before = admin.get("/api-keys").await["total"].as_u64().unwrap();
    admin.delete(&path).await;
    admin
        .refusal("GET", &path, json!({}))
        .await
        .is(404, "AB08", "user");
    assert_eq!(admin.get("/api-keys").await["total"], before - 1);
    let members = admin.get("/admin/workspaces/ws-researc-e7b093/users").await;
    assert_eq!(members["total"], 2);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let admin = sandbox().await;
    let ada = user(&admin, "ada").await;
    let path = format!("/admin/users/{}", ada["id"].as_str().unwrap());
    admin
        .refusal("DELETE", &path, json!({}))
        .await
        .is(400, "AB01", "last owner");
}

#[tokio::test]
async fn members_come_and_go() {
    let admin = sandbox().await;
    let (ada, bruno) = (user(&admin, "ada").await, user(&admin, "bruno").await);
    let path = "/admin/workspaces/ws-researc-e7b093/users";
    let users = json!([
        { "id": ada["id"], "role": "member" },
        { "id": bruno["id"], "role": "member" },
    ]);
    assert_eq!(admin.post(path, json!({ "users": users })).await, json!({}));
    let admins = admin.get(&format!("{path}?role=admin")).await;
    let emails = each(&admins, "email");
    assert_eq!(
        emails,
        ["ada@northwind.example", "chidi@northwind.example"],
        "owners are admins"
    );
    admin
        .refusal("POST", path, json!({ "users": users }))
        .await
        .is(409, "AB07", "already");

    let of_bruno = format!("{path}/{}", bruno["id"].as_str().unwrap());
    assert_eq!(
        admin.put(&of_bruno, json!({ "role": "manager" })).await,
        json!({})
    );
    let member = admin.get(&of_bruno).await;
    assert_eq!(
        (&member["role"], &member["org_role"]),
        (&json!("manager"), &json!("admin"))
    );
    admin.delete(&of_bruno).await;
    admin
        .refusal("GET", &of_bruno, json!({}))
        .await
        .is(404, "AB08", "member");
    let strangers = json!({ "users": [{ "id": "nobody", "role": "member" }] });
    admin
        .refusal("POST", path, strangers)
        .await
        .is(400, "AB01", "`users[0].id`");
    let nameless = json!({ "users": [{ "role": "member" }] });
    admin
        .refusal("POST", path, nameless)
        .await
        .is(400, "AB01", "users[0]");
}

#[tokio::test]
async fn an_invitation_becomes_a_person_with_a_key() {
    let admin = sandbox().await;
    let body = json!({
        "email": "kira@northwind.example",
        "role": "member",
        "workspaces": [{ "id": "ws-researc-e7b093", "role": "manager" }],
        "workspace_api_key_details": { "name": "Kira's", "scopes": ["workspaces.list"] },
    });
    let invite = admin.post("/admin/users/invites", body.clone()).await;
    assert!(
        invite["invite_link"]
            .as_str()
            .unwrap()
            .starts_with("https://")
    );
    admin
        .refusal("POST", "/admin/users/invites", body)
        .await
        .is(409, "AB07", "pending");
    let path = format!("/admin/users/invites/{}", invite["id"].as_str().unwrap());
    assert_eq!(admin.get(&path).await["status"], "pending");

    let accept = format!(
        "/_sandbox/invites/{}/accept",
        invite["id"].as_str().unwrap()
    );
    let accepted = admin.post(&accept, json!({ "first_name": "Kira" })).await;
    assert_eq!(admin.get(&path).await["status"], "accepted");
    let kira = user(&admin, "kira").await;
    assert_eq!(
        (&kira["id"], &kira["first_name"]),
        (&accepted["user_id"], &json!("Kira"))
    );
    let kira = admin.with_key(accepted["api_key"]["key"].as_str().unwrap());
    assert_eq!(
        each(&kira.get("/admin/workspaces").await, "name"),
        ["🔬 Research"]
    );
    admin
        .refusal("DELETE", &path, json!({}))
        .await
        .is(400, "AB01", "accepted");
}

#[tokio::test]
async fn invitations_are_resent_withdrawn_and_expire() {
    let admin = sandbox().await;
    let pending = admin.get("/admin/users/invites?status=pending").await;
    assert_eq!(pending["total"], 2);
    let ids = each(&pending, "id");
    let path = format!("/admin/users/invites/{}", ids[0].as_str().unwrap());
    let resent = admin.post(&format!("{path}/resend"), json!({})).await;
    assert!(resent["inviteLink"].is_string());
    admin.delete(&path).await;
    admin
        .refusal("GET", &path, json!({}))
        .await
        .is(404, "AB08", "invitation");

    let week = 7 * 24 * 60 * 60 * 1000;
    admin
        .put("/_sandbox/clock", json!({ "milliseconds": week }))
        .await;
    let expired = admin.get("/admin/users/invites?status=expired").await;
    assert_eq!(each(&expired, "id"), [ids[1]]);
}
